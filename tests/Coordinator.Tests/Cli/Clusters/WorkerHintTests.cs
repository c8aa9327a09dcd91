using System.Net;
using Distributed.Actors;
using Distributed.Coordinator.Cli;
using Distributed.Coordinator.Cli.Clusters;
using Distributed.Worker.Cli;

namespace Distributed.Coordinator.Tests.Cli.Clusters;

/// <summary>The command for workers that a coordinator prints works as it stands, but for HOST and FILE.</summary>
public class WorkerHintTests
{
    private static readonly TrainRequest Request = new("job.yaml", [], WorkerPlace.Elsewhere, WorkerCount.Of(2), new HostPort("0.0.0.0", 0),
        null, null, null, false, 1024, 0, false);

    [Theory]
    [InlineData("127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("[::1]:5000", "[::1]:5000")]
    [InlineData("0.0.0.0:5000", "HOST:5000")]
    [InlineData("[::]:5000", "HOST:5000")]
    public void An_address_that_nobody_can_dial_is_left_to_the_user(string bound, string place) =>
        Assert.Equal($"Distributed.Coordinator worker --coordinator {place}", TcpCluster.WorkerHint(Request, IPEndPoint.Parse(bound)));

    [Fact]
    public void Every_coordinator_that_a_standby_knows_is_named_and_what_workers_must_show()
    {
        var request = Request with
        {
            StandbyFor = HostPort.ParseList("first:5000,other:5001", "--standby"),
            Security = new Security(SharedSecret.Draw().Secret, Tls: null),
        };
        Assert.Equal("Distributed.Coordinator worker --coordinator first:5000,other:5001,127.0.0.1:7 --secret-file FILE",
            TcpCluster.WorkerHint(request, IPEndPoint.Parse("127.0.0.1:7")));
    }
}
