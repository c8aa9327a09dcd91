namespace Distributed.Worker.Cli;

/// <summary>The user's input is wrong. The message is a sentence, printed as it is; the process ends with <see cref="ExitCode.WrongInput"/>.</summary>
public sealed class UserException(string message, Exception? inner = null) : Exception(message, inner);
