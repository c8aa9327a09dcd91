using Distributed.Actors;
using Distributed.Coordinator.Running;
using Distributed.Coordinator.Standby;
using Distributed.Coordinator.Tests.Running;
using Distributed.Engine.Checkpoints;
using Distributed.Protocol;

namespace Distributed.Coordinator.Tests.Standby;

/// <summary>A standby in virtual time, between a coordinator that a test speaks for, a folder that it makes up, and
/// workers.</summary>
public class StandbyActorTests
{
    private static readonly TimeSpan TakeoverAfter = TimeSpan.FromSeconds(5);

    [Fact]
    public void It_takes_over_when_the_coordinator_it_followed_is_lost_for_long_enough()
    {
        var world = new World();
        world.Lead(term: 3);
        world.RunFor(60);
        Assert.Null(world.End);
        Assert.Contains("term 3", Assert.Single(world.Told));

        world.Primary.Kill();
        world.RunFor(4.9);
        Assert.Equal(0, world.Folder.Claims);
        world.RunFor(0.2);

        Assert.Equal((StandbyOutcome.Leads, world.Folder.Run), (world.End?.Outcome, world.End?.Run));
        Assert.Equal(new TermClaim(4, "standby"), world.Folder.Stands);
        Assert.Contains("(term 4) from the beginning", world.End!.Reason);
    }

    [Fact]
    public void A_coordinator_that_comes_back_in_time_is_followed_again()
    {
        var world = new World();
        world.Lead(term: 1);
        world.RunFor(2);
        for (var round = 0; round < 3; round++)
        {
            world.Simulation.Disconnect(world.Primary, world.Node, TimeSpan.FromSeconds(4));
            world.RunFor(10);
            Assert.Null(world.End);
        }
        Assert.Equal((4, 0), (world.Told.Count(line => line.Contains("leads the run")), world.Folder.Claims));
    }

    [Fact]
    public void It_takes_over_from_one_it_has_never_heard()
    {
        var world = new World();
        world.RunFor(4.9);
        Assert.Null(world.End);
        world.RunFor(0.2);
        Assert.Equal(StandbyOutcome.Leads, world.End?.Outcome);
    }

    [Fact]
    public void The_end_of_the_run_is_its_end()
    {
        var world = new World();
        world.Lead(term: 1);
        world.RunFor(2);
        world.SayFromPrimary(new Finish { Reason = "done" });
        world.RunFor(60);
        Assert.Equal(new StandbyEnd(StandbyOutcome.Finished, "done"), world.End);
        Assert.Equal(0, world.Folder.Claims);
    }

    /// <summary>Two folders, two runs: nothing would keep the coordinator from committing beside this one.</summary>
    [Theory]
    [InlineData(0, "nobody")]
    [InlineData(2, "primary/7")]
    [InlineData(3, "other/7")]
    public void A_coordinator_that_writes_to_another_folder_is_not_stood_by_for(long term, string claimant)
    {
        var world = new World();
        world.Lead(term: 3);
        world.Folder.Stands = new TermClaim(term, claimant);
        world.RunFor(1.9);
        Assert.Null(world.End);
        world.RunFor(1.2);
        Assert.Equal(StandbyOutcome.Refused, world.End?.Outcome);
        Assert.Contains($"leads term 3 of primary/7, but in this folder stands term {term} of {claimant}", world.End!.Reason);
    }

    [Fact]
    public void A_folder_that_is_late_is_looked_at_again()
    {
        var world = new World();
        world.Lead(term: 3, inFolder: false);
        world.RunFor(1.9);
        world.Lead(term: 3);
        world.RunFor(60);
        Assert.Null(world.End);
    }

    [Fact]
    public void One_that_is_refused_ends_with_the_reason()
    {
        var world = new World();
        world.Answers = _ => new Refused { Reason = "another job" };
        world.RunFor(2);
        Assert.Equal(new StandbyEnd(StandbyOutcome.Refused, "another job"), world.End);
    }

    [Fact]
    public void Workers_are_asked_to_wait()
    {
        var world = new World();
        world.AskToJoin();
        Assert.Equal("standby stands by; nobody leads the run at the moment", world.WorkersLast<Wait>().Reason);
        world.Lead(term: 1);
        world.RunFor(2);
        world.AskToJoin();
        Assert.Equal("standby stands by; coordinator@primary leads the run", world.WorkersLast<Wait>().Reason);
    }

    [Fact]
    public void A_term_that_another_claims_first_is_left_to_it_and_one_that_leads_is_followed()
    {
        var world = new World();
        world.Lead(term: 1);
        world.RunFor(2);
        world.Primary.Kill();
        world.RunFor(4.5);
        world.Folder.Stands = new TermClaim(2, "another/7"); // which is nowhere to be asked
        world.RunFor(1);
        Assert.Contains("another/7 has taken over (term 2)", world.Told[^1]);
        Assert.Equal(0, world.Folder.Claims);

        // Six times as long, then it is given up.
        world.RunFor(6 * 5 - 1);
        Assert.Equal(0, world.Folder.Claims);
        world.RunFor(2);
        Assert.Equal((StandbyOutcome.Leads, 3L), (world.End?.Outcome, world.Folder.Stands.Term));
    }

    [Fact]
    public void One_that_claimed_first_is_followed_as_soon_as_it_answers()
    {
        var world = new World();
        world.RunFor(4.5);
        world.Folder.Stands = new TermClaim(1, "primary/7");
        world.RunFor(3);
        world.Lead(term: 1);
        world.RunFor(100);
        Assert.Null(world.End);
        Assert.Equal((0, "standing by: coordinator@primary leads the run (term 1)"), (world.Folder.Claims, world.Told[^1]));
    }

    [Fact]
    public void One_of_a_lower_term_than_known_is_not_followed()
    {
        var world = new World { Folder = { Stands = new TermClaim(5, "someone/1") } };
        world.Lead(term: 4, inFolder: false);
        world.RunFor(4.9);
        Assert.Empty(world.Told);
        Assert.Equal(5UL, world.Asked[^1].Term);
        world.RunFor(0.2);
        Assert.Equal((StandbyOutcome.Leads, 6L), (world.End?.Outcome, world.Folder.Stands.Term));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_disk_that_refuses_for_a_while_is_tried_again_and_said_once(int call)
    {
        var world = new World();
        world.Folder.Refuses = (FolderCall)call;
        world.RunFor(30);
        Assert.Null(world.End);
        Assert.True(world.Folder.Refused > 2, $"refused {world.Folder.Refused} times");
        Assert.Contains("the disk burns; it is tried again", Assert.Single(world.Told));
        world.Folder.Refuses = null;
        world.RunFor(3);
        Assert.Equal(StandbyOutcome.Leads, world.End?.Outcome);
        Assert.Equal(1, world.Folder.Claims);
    }

    [Fact]
    public void A_fault_is_its_end()
    {
        var world = new World();
        world.Folder.Fault = new InvalidOperationException("no such luck");
        world.RunFor(10);
        Assert.Equal(StandbyOutcome.Failed, world.End?.Outcome);
        Assert.Contains("no such luck", world.End!.Reason);
    }

    [Fact]
    public void A_run_that_is_over_by_its_last_checkpoint_is_not_led_again()
    {
        var setup = TestRun.Setup(epochs: 1);
        var state = setup.Optimizer.NewState(setup.Model.Parameters.Count);
        var world = new World();
        world.Folder.Run = world.Folder.Run with
        {
            Setup = setup,
            Resume = new RunSnapshot(setup.TotalSteps, new float[setup.Model.Parameters.Count], state, default,
                [new Distributed.Engine.Training.EpochResult(0, 1, 0.5, 1, 0.5)], 1, 90),
        };
        world.RunFor(6);
        Assert.Equal(new StandbyEnd(StandbyOutcome.Finished, "its last checkpoint is of its end"), world.End);
    }

    [Fact]
    public void The_user_can_stop_it()
    {
        var world = new World();
        world.Node.Find("coordinator")!.Tell(new StopRun("enough"));
        world.RunFor(1);
        Assert.Equal(new StandbyEnd(StandbyOutcome.Stopped, "enough"), world.End);
    }

    private enum FolderCall
    {
        Standing,
        Claim,
        Load,
    }

    private sealed class World
    {
        private readonly Scripted _primary = new(), _worker = new();
        private ActorRef? _asker;

        public World()
        {
            Simulation = new Simulation(seed: 1) { DetectionTime = TimeSpan.Zero, WorkDuration = (_, _) => TimeSpan.Zero };
            Primary = Simulation.AddNode("primary", node => node.Spawn("coordinator", () => _primary, Supervision.Never));
            Worker = Simulation.AddNode("worker", node => node.Spawn("worker", () => _worker, Supervision.Never));
            _primary.On = message =>
            {
                if (message is StandBy question)
                {
                    Asked.Add(question);
                    _asker = _primary.Context.Sender!;
                    if (Answers(question) is { } answer) _primary.Context.Tell(_asker, answer);
                }
                else if (message is Finish) _primary.Context.Tell(_asker!, message);
            };
            _worker.On = message =>
            {
                if (message is Join) _worker.Context.Tell(Worker.Remote(Node!, "coordinator"), message);
            };
            Node = Simulation.AddNode("standby", node => node.Spawn("coordinator", () => new StandbyActor(
                new StandbyOptions([node.Remote(Primary, "coordinator")], "standby", new byte[32], new byte[32], TakeoverAfter, Folder, end => End = end)
                {
                    Tell = Told.Add,
                }), Supervision.Never));
        }

        public Simulation Simulation { get; }

        public SimulatorHost Primary { get; }

        public SimulatorHost Node { get; }

        public SimulatorHost Worker { get; }

        public FakeFolder Folder { get; } = new();

        public StandbyEnd? End { get; private set; }

        public List<string> Told { get; } = [];

        public List<StandBy> Asked { get; } = [];

        public Func<StandBy, object?> Answers { get; set; } = _ => null;

        /// <summary>From now on the primary answers that it leads.</summary>
        public void Lead(ulong term, bool inFolder = true)
        {
            Answers = _ => new Reign { Term = term, Claimant = "primary/7" };
            if (inFolder) Folder.Stands = new TermClaim((long)term, "primary/7");
        }

        public void SayFromPrimary(object message) => Primary.Find("coordinator")!.Tell(message);

        public void AskToJoin()
        {
            Worker.Find("worker")!.Tell(new Join());
            RunFor(0.1);
        }

        public T WorkersLast<T>() => _worker.Received.OfType<T>().Last();

        public void RunFor(double seconds) => Simulation.RunFor(TimeSpan.FromSeconds(seconds));
    }

    private sealed class Scripted : Actor
    {
        public Action<object> On { get; set; } = _ => { };

        public List<object> Received { get; } = [];

        public override void Receive(object message)
        {
            Received.Add(message);
            On(message);
        }
    }

    private sealed class FakeFolder : ITakeover
    {
        public RunOptions Run { get; set; } = TestRun.Options(TestRun.Setup(), 1);

        public TermClaim Stands { get; set; } = TermClaim.None;

        public int Claims { get; private set; }

        public FolderCall? Refuses { get; set; }

        public int Refused { get; private set; }

        public Exception? Fault { get; set; }

        public TermClaim Standing()
        {
            Check(FolderCall.Standing);
            return Stands;
        }

        public (bool Claimed, TermClaim Claim) TryClaim(long stands)
        {
            Check(FolderCall.Claim);
            if (stands != Stands.Term) return (false, Stands);
            Claims++;
            return (true, Stands = new TermClaim(stands + 1, "standby"));
        }

        public RunOptions Load(TermClaim claim)
        {
            Check(FolderCall.Load);
            return Run;
        }

        private void Check(FolderCall call)
        {
            if (Fault is not null) throw Fault;
            if (Refuses != call) return;
            Refused++;
            throw new IOException("the disk burns");
        }
    }
}
