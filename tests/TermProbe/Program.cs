using Distributed.Engine.Checkpoints;

// A second process for tests of the lock: says "ready", waits for a line, then
//   claim FOLDER         claims a term and prints it, and once more for each further line
//   hold FOLDER          takes the lock, says "held" and keeps it until its standard input closes
var folder = args[1];
Console.WriteLine("ready");
Console.ReadLine();
switch (args[0])
{
    case "claim":
        // On a busy machine the other process may get the lock and then no processor.
        var terms = new TermFile(folder) { LockPatience = TimeSpan.FromMinutes(1) };
        do Console.WriteLine(terms.Claim($"process/{Environment.ProcessId}").Term);
        while (Console.ReadLine() is not null);
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
