using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Distributed.Worker.Telemetry;

/// <summary>Where coordinators and workers tell of themselves; docs/telemetry.md has the instruments. Who listens is no matter of theirs.</summary>
public static class TelemetrySources
{
    /// <summary>Of the meter and of the activity source.</summary>
    public const string Name = "Distributed";

    public static Meter Meter { get; } = new(Name);

    public static ActivitySource Activities { get; } = new(Name);
}
