using Distributed.Actors.Tests.Conformance;

namespace Distributed.Actors.Tests.InProcess;

public sealed class InProcessConformanceTests : HostConformance
{
    protected override Task<IRig> CreateRig() => Task.FromResult<IRig>(new InProcessRig());
}

public sealed class InProcessHostTests
{
    [Fact]
    public async Task Long_work_holds_up_no_messages()
    {
        await using var host = new InProcessHost();
        using var release = new ManualResetEventSlim();
        var workers = Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(i => Recorder.Spawn(host, $"worker/{i}")).ToArray();
        foreach (var worker in workers)
        {
            worker.Do(context => context.Run("long", _ => release.Wait()));
        }

        foreach (var worker in workers)
        {
            worker.Ref.Tell("ping");
        }

        await Wait.Until(() => workers.All(worker => worker.Count == 1), "every worker has handled its message");
        release.Set();
    }

    [Fact]
    public async Task Dispose_stops_every_actor()
    {
        var host = new InProcessHost();
        var stopped = 0;
        var actor = host.Spawn("a", () => new ScriptedActor((_, _) => { }, stopped: _ => stopped++));
        var child = Recorder.Spawn(host, "b");
        await Wait.Until(() => host.Find("a") is not null, "it runs");
        actor.Tell("x");
        await host.DisposeAsync();
        Assert.True(host.WhenStopped(actor).IsCompleted);
        Assert.True(host.WhenStopped(child.Ref).IsCompleted);
        Assert.Throws<ObjectDisposedException>(() => host.Spawn("c", () => new ScriptedActor((_, _) => { })));
    }

    [Fact]
    public async Task Many_senders_lose_nothing()
    {
        await using var host = new InProcessHost();
        var sum = 0L;
        var actor = host.Spawn("sum", () => new ScriptedActor((_, message) => sum += (int)message));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 1; i <= 10_000; i++)
            {
                actor.Tell(i);
            }
        })));
        await Wait.Until(() => Volatile.Read(ref sum) == 8 * 50_005_000L, "the sum is whole");
    }

    /// <summary>The pool and the actor's own work thread take its turns, by whoever is idle; there is never more than one at a time.</summary>
    [Fact]
    public async Task Turns_never_overlap_whichever_thread_takes_them()
    {
        await using var host = new InProcessHost();
        var (told, done, inside, overlaps, threads) = (0, 0, 0, 0, new HashSet<int>());
        var actor = host.Spawn("busy", () => new ScriptedActor((self, message) =>
        {
            if (Interlocked.Increment(ref inside) > 1) Interlocked.Increment(ref overlaps);
            threads.Add(Environment.CurrentManagedThreadId);
            if (message is int)
            {
                told++;
                self.Context.Run("work", post => post("done"));
            }
            else
            {
                Volatile.Write(ref done, done + 1);
            }

            Interlocked.Decrement(ref inside);
        }));
        const int each = 2000;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                actor.Tell(i);
            }
        })));
        await Wait.Until(() => Volatile.Read(ref done) == 4 * each, "all work is done");
        Assert.Equal((4 * each, 0), (told, overlaps));
        Assert.True(threads.Count > 1, "only one thread has taken turns");
    }
}
