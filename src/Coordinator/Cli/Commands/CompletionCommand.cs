using System.CommandLine;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Cli.Commands;

/// <summary><c>completion SHELL</c>: prints what makes a shell complete commands and options of <c>distributed</c>.</summary>
/// <remarks>The scripts ask the program itself, by the directive <c>[suggest:POSITION]</c>, and leave the rest to the shell's completion of files.</remarks>
internal static class CompletionCommand
{
    private const string Bash = """
        _distributed() {
          local word
          COMPREPLY=()
          while IFS= read -r word; do
            case $word in "$2"*) COMPREPLY+=("$word") ;; esac
          done < <(distributed "[suggest:$COMP_POINT]" "$COMP_LINE" 2> /dev/null)
        }
        complete -o default -F _distributed distributed
        """;

    private const string Zsh = """
        #compdef distributed
        _distributed() {
          local -a found
          found=("${(@f)$(distributed "[suggest:$CURSOR]" "$BUFFER" 2> /dev/null)}")
          compadd -a found
          _files
        }
        compdef _distributed distributed
        """;

    private const string Fish = """
        complete -c distributed -a '(distributed "[suggest:"(commandline -C)"]" (commandline | string collect) 2> /dev/null)'
        """;

    private const string Pwsh = """
        Register-ArgumentCompleter -Native -CommandName distributed -ScriptBlock {
          param($word, $line, $position)
          distributed "[suggest:$position]" "$line" 2> $null | Where-Object { $_.StartsWith($word) } |
            ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private static readonly (string Shell, string Script)[] Scripts = [("bash", Bash), ("zsh", Zsh), ("fish", Fish), ("pwsh", Pwsh)];

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.CompletionSources.Add([.. Scripts.Select(script => script.Shell)]);
        var command = new Command("completion", "Print a script that makes a shell complete commands and options: source <(distributed completion bash).");
        command.Arguments.Add(shell);
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(shell);
            var script = Scripts.FirstOrDefault(one => one.Shell == wanted).Script
                ?? throw new UserException($"completion: wanted {string.Join(", ", Scripts[..^1].Select(one => one.Shell))} or {Scripts[^1].Shell}, came \"{wanted}\"");
            Console.Out.Write(script.ReplaceLineEndings("\n") + "\n");
            return ExitCode.Done;
        });
        return command;
    }
}
