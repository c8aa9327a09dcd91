using Distributed.EndToEnd.Tests.Driving;

namespace Distributed.EndToEnd.Tests;

/// <summary>Shell completion, asked as bash asks it.</summary>
public sealed class CompletionTests
{
    [SkippableTheory]
    [InlineData("distributed tra", "train")]
    [InlineData("distributed train --work", "--workers")]
    [InlineData("distributed train --on-nan stop --res", "--restarts --resume --resume-if-any")]
    [InlineData("distributed completion z", "zsh")]
    [InlineData("distributed train nothing-of-this-name", "")]
    public async Task Bash_completes_commands_and_options(string line, string wanted)
    {
        using var folder = new Folder();
        // Sourced as a user does, with the program beside the tests under the name that is completed.
        var script = folder.Write("ask.sh", """
            distributed() { "$DISTRIBUTED" "$@"; }
            source <(distributed completion bash)
            complete -p distributed
            COMP_LINE=$1 COMP_POINT=${#1}
            _distributed distributed "${1##* }"
            printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
            """);
        var asked = await Script.RunAsync(script, line);
        Assert.True(asked.Code == 0, asked.All);
        Assert.Equal($"complete -o default -F _distributed distributed\n{wanted}\n", asked.Output);
        Assert.Equal("", asked.Errors);
    }

    [Theory]
    [InlineData("zsh", "compdef _distributed distributed")]
    [InlineData("fish", "complete -c distributed")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName distributed")]
    public async Task Other_shells_have_a_script_of_their_own(string shell, string part)
    {
        using var printed = Tool.Coordinator("completion", shell);
        await printed.ExitAsync(0);
        Assert.Contains(part, printed.Output);
    }

    [Fact]
    public async Task Another_shell_is_refused()
    {
        using var refused = Tool.Coordinator("completion", "cmd");
        await refused.ExitAsync(2);
        Assert.Equal("completion: wanted bash, zsh, fish or pwsh, came \"cmd\"", refused.Errors);
    }
}
