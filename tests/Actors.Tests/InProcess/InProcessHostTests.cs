using System.Collections.Concurrent;
using System.Diagnostics;
using Distributed.Actors.Tests.Conformance;
using Distributed.Protocol;

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

    /// <summary>Chunks wait for work that holds them, for its end at the latest; other messages do not, and take those before them along.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Chunks_wait_for_work_that_holds_them(bool holds)
    {
        await using var host = new InProcessHost();
        using var work = new BlockedWork(holds);
        var actor = Recorder.Spawn(host);
        actor.Do(context => context.Run(work));
        await work.Begun.WaitAsync(Wait.Bound);

        actor.Ref.Tell(Chunk());
        if (!holds) await Wait.Until(() => actor.Count == 1, "the chunk is handled beside the work");
        else Assert.Equal(0, actor.Count);
        actor.Ref.Tell("ping");
        await Wait.Until(() => actor.Count == 2, "the chunk is handled with the message behind it");
        actor.Ref.Tell(Chunk());
        if (holds) Assert.Equal(2, actor.Count);
        work.Release();
        await Wait.Until(() => actor.Count == 3, "the last chunk is handled when the work has ended");

        static TensorChunk Chunk() => new(new ChunkHeader(ChunkKind.Weights, 1, 0, 0, 0, 1), new float[1]);
    }

    /// <summary>With a computing thread for each processor, or more, they run the turns that they call for, those that are idle first. Where their
    /// work holds no chunks, the pool does.</summary>
    [Theory]
    [InlineData(0, true, "work of worker/1")]
    [InlineData(1, true, "work of worker/0")]
    [InlineData(0, false, null)]
    public async Task Turns_run_on_threads_of_work_where_each_processor_has_one(int more, bool holds, string? wanted)
    {
        if (Environment.ProcessorCount == 1) return;
        await using var host = new InProcessHost();
        var (handled, seen) = (0, false);
        var (threads, works) = (new HashSet<string>(), Enumerable.Range(0, Environment.ProcessorCount + more).Select(_ => new BlockedWork(holds)).ToArray());
        var sink = host.Spawn("sink", () => new ScriptedActor((_, _) =>
        {
            var name = Thread.CurrentThread.IsThreadPoolThread ? "pool" : Thread.CurrentThread.Name!;
            threads.Add(name);
            if (name == wanted) Volatile.Write(ref seen, true);
            Volatile.Write(ref handled, handled + 1);
        }));
        var workers = works.Select((work, i) => host.Spawn($"worker/{i}", () => new ScriptedActor((self, message) =>
        {
            if (message is int) self.Context.Tell(sink, message);
            else if (message is "begin") self.Context.Run(work);
            else self.Context.Run("one by one", CountUp);
        }))).ToArray();
        foreach (var (worker, work) in workers.Zip(works))
        {
            worker.Tell("begin");
            await work.Begun.WaitAsync(Wait.Bound);
            work.Release();
        }

        // A message finds the sink idle, or just about to be: so some turn of it is this thread's to call for.
        workers[0].Tell("count");
        await Wait.Until(() => Volatile.Read(ref handled) >= 200 && (wanted is null || Volatile.Read(ref seen)), $"turns are run on {wanted ?? "the pool"}");
        if (wanted is null) Assert.Equal(["pool"], threads);
        foreach (var work in works) work.Dispose();

        void CountUp(Action<object> post)
        {
            for (var told = 0; told < 200 || (wanted is not null && !Volatile.Read(ref seen) && told < 100_000); told++)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref handled) == told);
                post(told);
            }
        }
    }

    /// <summary>While each processor computes, what work posts waits for the next thread that posts, or has ended its work: the one that is ahead.</summary>
    [Fact]
    public async Task A_turn_that_work_calls_for_is_taken_by_the_next_that_comes_by()
    {
        if (Environment.ProcessorCount == 1) return;
        await using var host = new InProcessHost();
        var handled = new ConcurrentQueue<(object, string?)>();
        var sink = host.Spawn("sink", () => new ScriptedActor((_, message) => handled.Enqueue((message, Thread.CurrentThread.Name))));
        var works = Enumerable.Range(0, Environment.ProcessorCount).Select(i => new PostingWork()).ToArray();
        foreach (var (work, i) in works.Select((work, i) => (work, i)))
        {
            var worker = host.Spawn($"worker/{i}", () => new ScriptedActor((self, message) =>
            {
                if (message is "begin") self.Context.Run(work);
                else self.Context.Tell(sink, message);
            }));
            worker.Tell("begin");
            await work.Begun.WaitAsync(Wait.Bound);
        }

        await works[0].Post(1);
        await works[0].Post(2);
        Assert.Equal([(1, "work of worker/0")], handled);
        await works[1].Post(3);
        Assert.Equal((2, "work of worker/1"), handled.Last());
        works[1].End();
        await Wait.Until(() => handled.Count == 3, "the last one is handled when its work has ended");
        Assert.Equal((3, "work of worker/1"), handled.Last());
        await works[0].Post(4);
        await Wait.Until(() => handled.Count == 4, "one that is idle takes it at once");
        Assert.Equal((4, "work of worker/1"), handled.Last());
        foreach (var work in works) work.End();
    }

    /// <summary>Where a processor is free, a thread of the pool takes the turns that work calls for while it goes on. When it has ended, its own thread
    /// takes the last one, unless the pool's is there before.</summary>
    [Fact]
    public async Task A_turn_that_work_calls_for_is_taken_by_the_pool_or_when_it_has_ended_by_its_thread()
    {
        if (Environment.ProcessorCount == 1) return;
        await using var host = new InProcessHost();
        var handled = new ConcurrentQueue<string?>();
        var sink = host.Spawn("sink", () => new ScriptedActor((_, _) => handled.Enqueue(Thread.CurrentThread.IsThreadPoolThread ? "pool" : Thread.CurrentThread.Name)));
        var worker = host.Spawn("worker", () => new ScriptedActor((self, message) =>
        {
            if (message is IWork work) self.Context.Run(work);
            else self.Context.Tell(sink, message);
        }));
        var goesOn = new PostingWork();
        worker.Tell(goesOn);
        for (var told = 1; told <= 100; told++)
        {
            await goesOn.Post(told);
            await Wait.Until(() => handled.Count == told, "it is handled while the work goes on");
        }

        Assert.All(handled, thread => Assert.Equal("pool", thread));
        goesOn.End();
        await Wait.Until(
            () =>
            {
                var before = handled.Count;
                worker.Tell(new LastPost());
                SpinWait.SpinUntil(() => handled.Count > before, Wait.Bound);
                return handled.Last() == "work of worker";
            },
            "its thread is first");
    }

    /// <summary>The thread of the pool that looks out for turns ends that at some time; one that is left just then is run too, while the work goes on.</summary>
    [Fact]
    public async Task No_turn_is_lost_between_looking_out_and_not()
    {
        if (Environment.ProcessorCount == 1) return;
        await using var host = new InProcessHost();
        var handled = 0;
        var sink = host.Spawn("sink", () => new ScriptedActor((_, _) => Volatile.Write(ref handled, handled + 1)));
        var lost = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = new PacedWork(post =>
        {
            const int Posts = 5000;
            for (var told = 0; told < Posts && !lost.Task.IsCompleted; told++)
            {
                // About as long as it looks out: within 10 µs of that, in steps of 0.1.
                var pause = HostLimits.AwakeAfterTurn + TimeSpan.FromMicroseconds(((told % 200) - 100) / 10.0);
                for (var since = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(since) < pause;) { }
                post(told);
                if (!SpinWait.SpinUntil(() => Volatile.Read(ref handled) > told, Wait.Bound)) lost.TrySetResult(told);
            }
            lost.TrySetResult(-1);
        });
        host.Spawn("worker", () => new ScriptedActor((self, message) =>
        {
            if (message is IWork begun) self.Context.Run(begun);
            else self.Context.Tell(sink, message);
        })).Tell(work);
        Assert.Equal(-1, await lost.Task);
    }

    /// <summary>Computing work that is given.</summary>
    private sealed class PacedWork(Action<Action<object>> run) : IWork
    {
        public string Name => "paced";

        public bool HoldsChunks => true;

        public void Run(Action<object> post) => run(post);
    }

    /// <summary>Computing work that posts as the last thing it does.</summary>
    private sealed class LastPost : IWork
    {
        public string Name => "last post";

        public bool HoldsChunks => true;

        public void Run(Action<object> post) => post("last");
    }

    /// <summary>Computing work that posts when it is told to.</summary>
    private sealed class PostingWork : IWork
    {
        private readonly BlockingCollection<(object Message, TaskCompletionSource Posted)> _orders = [];
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "posting";

        public bool HoldsChunks => true;

        public Task Begun => _begun.Task;

        /// <summary>Completes when the post has returned.</summary>
        public Task Post(object message)
        {
            var posted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _orders.Add((message, posted));
            return posted.Task.WaitAsync(Wait.Bound);
        }

        public void End() => _orders.CompleteAdding();

        public void Run(Action<object> post)
        {
            _begun.SetResult();
            foreach (var (message, posted) in _orders.GetConsumingEnumerable())
            {
                post(message);
                posted.SetResult();
            }
        }
    }

    private sealed class BlockedWork(bool holds) : IWork, IDisposable
    {
        private readonly ManualResetEventSlim _release = new();
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => "blocked";

        public bool HoldsChunks => holds;

        public Task Begun => _begun.Task;

        public void Release() => _release.Set();

        public void Run(Action<object> post)
        {
            _begun.SetResult();
            _release.Wait();
        }

        public void Dispose()
        {
            _release.Set();
            _release.Dispose();
        }
    }
}
