using System.Globalization;
using Distributed.Engine.Checkpoints;

// A second process for tests of the lock: says "ready", waits for a line, then
//   claim FOLDER COUNT   claims terms one after another and prints each, and leaves the lock to others for a moment after each
//   hold FOLDER          takes the lock, says "held" and keeps it until its standard input closes
var folder = args[1];
Console.WriteLine("ready");
Console.ReadLine();
switch (args[0])
{
    case "claim":
        // The lock is not handed over in turn: on a busy machine a process may wait for as long as the other goes on.
        var terms = new TermFile(folder) { LockPatience = TimeSpan.FromMinutes(1) };
        for (var i = int.Parse(args[2], CultureInfo.InvariantCulture); i > 0; i--)
        {
            Console.WriteLine(terms.Claim($"process/{Environment.ProcessId}").Term);
            Thread.Sleep(1);
        }
        break;
    case "hold":
        using (DiskStorage.Instance.TryLock(Path.Combine(folder, TermFile.LockName)) ?? throw new IOException("the lock is held"))
        {
            Console.WriteLine("held");
            Console.ReadLine();
        }
        break;
    default:
        throw new ArgumentException($"claim or hold is wanted, came {args[0]}");
}
