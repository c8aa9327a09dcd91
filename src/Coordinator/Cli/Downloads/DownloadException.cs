namespace Distributed.Coordinator.Cli.Downloads;

/// <summary>A download could not be ended and may succeed when it is tried again; the message is a sentence for the user. What is there is kept.</summary>
internal sealed class DownloadException(string message, Exception? inner = null) : Exception(message, inner);
