using Distributed.Worker.Telemetry;

namespace Distributed.Worker.Tests.Telemetry;

public sealed class TelemetryExportTests
{
    [Fact]
    public void Nothing_is_loaded_where_the_environment_names_no_receiver()
    {
        Assert.DoesNotContain(Environment.GetEnvironmentVariables().Keys.Cast<string>(), name => name.StartsWith("OTEL_EXPORTER_OTLP", StringComparison.Ordinal));
        Assert.Null(TelemetryExport.FromEnvironment("test"));
        Assert.DoesNotContain(AppDomain.CurrentDomain.GetAssemblies(), assembly => assembly.GetName().Name!.StartsWith("OpenTelemetry", StringComparison.Ordinal));
    }
}
