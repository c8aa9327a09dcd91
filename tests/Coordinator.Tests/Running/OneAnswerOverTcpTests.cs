using System.Net;
using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Engine.Training;
using Distributed.Testing;

namespace Distributed.Coordinator.Tests.Running;

/// <summary>The same over sockets: nodes of this process, each with a TCP host of its own.</summary>
public class OneAnswerOverTcpTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Nodes_on_a_network_give_the_answer_of_the_plain_loop(int workers)
    {
        var setup = TestRun.Setup();
        await using var run = await TcpRun.Start(setup, workers, _ => { });

        var result = await run.Result();

        Assert.Equal(LocalTrainer.Run(setup).Fingerprint, result.Fingerprint);
        Assert.True(run.Coordinator.BytesReceived > 0);
    }

    /// <summary>Connections are cut every few steps in the middle of what they carry. The workers dial again and join again by themselves.</summary>
    [Fact]
    public async Task Connections_cut_in_the_middle_of_messages_change_nothing()
    {
        var setup = TestRun.Setup(epochs: 40);
        var (plain, cuts) = (LocalTrainer.Run(setup), 0);
        CuttingProxy? proxy = null;
        await using var run = await TcpRun.Start(setup, 2, step =>
        {
            if (step % 12 == 6) cuts += proxy!.Cut();
        }, endPoint => proxy = new CuttingProxy(endPoint));
        using var _ = proxy;

        var result = await run.Result();

        Assert.Equal(plain.Fingerprint, result.Fingerprint);
        Assert.Equal(plain.LossHistory, result.LossHistory);
        var (lost, joined) = (run.Recorder.Events.OfType<RunEvent.WorkerLost>().Count(), run.Recorder.Events.OfType<RunEvent.WorkerJoined>().Count());
        Assert.True(cuts >= 4 && lost >= 3 && joined >= 4, $"{cuts} sockets cut, {lost} workers lost, {joined} joined");
    }

    private sealed class TcpRun(TcpHost coordinator, ActorRef actor, TestRun.Recorder recorder, List<TcpHost> workers) : IAsyncDisposable
    {
        public TcpHost Coordinator => coordinator;

        public TestRun.Recorder Recorder => recorder;

        /// <param name="via">Given where the coordinator listens: makes what the workers dial instead.</param>
        public static async Task<TcpRun> Start(TrainingSetup setup, int workers, Action<long> onStep, Func<IPEndPoint, CuttingProxy>? via = null)
        {
            var recorder = new TestRun.Recorder(happened =>
            {
                if (happened is RunEvent.StepCommitted { Step: var step }) onStep(step);
            });
            var coordinator = new TcpHost(new TcpHostOptions { Name = "coordinator" });
            var actor = coordinator.Spawn("coordinator", () => new CoordinatorActor(TestRun.Options(setup, workers), recorder), Supervision.Never);
            await coordinator.ListenAsync(new IPEndPoint(IPAddress.Loopback, 0));
            var dialled = via?.Invoke(coordinator.BoundEndPoint!).EndPoint ?? coordinator.BoundEndPoint!;
            var nodes = new List<TcpHost>();
            for (var i = 1; i <= workers; i++)
            {
                var name = $"worker-{i}";
                var node = new TcpHost(new TcpHostOptions { Name = name });
                var leader = node.Remote(dialled, "coordinator");
                node.Spawn("worker", () => TestRun.Worker(setup, leader, name, destination: host => node.RegisterDestination("worker", host)),
                    Supervision.Never);
                nodes.Add(node);
            }
            return new TcpRun(coordinator, actor, recorder, nodes);
        }

        public async Task<RunResult> Result()
        {
            var failure = await coordinator.WhenStopped(actor).WaitAsync(2 * TestRun.Patience);
            return failure is null ? recorder.Result! : throw failure;
        }

        public async ValueTask DisposeAsync()
        {
            await coordinator.DisposeAsync();
            foreach (var worker in workers) await worker.DisposeAsync();
        }
    }
}
