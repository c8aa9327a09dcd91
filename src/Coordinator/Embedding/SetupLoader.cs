using Distributed.Engine.Data;
using Distributed.Engine.Training;
using Distributed.Worker;

namespace Distributed.Coordinator.Embedding;

/// <summary>Builds a setup by code, and refuses where the coordinator's process has built another.</summary>
internal sealed class SetupLoader(Func<TrainingSetup> setup) : IJobLoader
{
    /// <param name="yaml">The coordinator's <see cref="SetupText"/>.</param>
    public LoadedJob Load(string yaml)
    {
        try
        {
            var (job, text) = SetupText.Load(setup());
            return text == yaml ? job : throw new JobLoadException(
                $"this process builds another setup than the coordinator's: {string.Join("; ", SetupText.Differences(text, yaml))}");
        }
        catch (DataException wrong)
        {
            throw new JobLoadException(wrong.Message, wrong);
        }
    }
}
