namespace Distributed.Worker.Cli;

/// <summary>What the executables end with.</summary>
public static class ExitCode
{
    /// <summary>Done, or stopped because the user asked for it.</summary>
    public const int Done = 0;

    /// <summary>The run failed.</summary>
    public const int Failed = 1;

    /// <summary>The user's input is wrong: a sentence on standard error says what, nothing was begun.</summary>
    public const int WrongInput = 2;

    /// <summary>Ended at once by a second Ctrl-C, as shells report it: 128 and the signal's number.</summary>
    public const int Interrupted = 130;

    /// <summary>Stopped by SIGTERM before the run was done, in good order: whoever starts processes starts it again. 128 and the
    /// signal's number.</summary>
    public const int Terminated = 143;
}
