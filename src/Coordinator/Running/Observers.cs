namespace Distributed.Coordinator.Running;

/// <summary>Several who watch one run, told one after another.</summary>
public sealed class Observers(params IRunObserver[] all) : IRunObserver
{
    public void On(RunEvent happened)
    {
        foreach (var one in all) one.On(happened);
    }

    public void OnStep(long step, int epoch, int batch, double loss, double trainSeconds, long samples)
    {
        foreach (var one in all) one.OnStep(step, epoch, batch, loss, trainSeconds, samples);
    }

    public void OnAssigned(long step, int worker, int shards)
    {
        foreach (var one in all) one.OnAssigned(step, worker, shards);
    }

    public void OnAnswered(long step, int worker, double computeSeconds)
    {
        foreach (var one in all) one.OnAnswered(step, worker, computeSeconds);
    }
}
