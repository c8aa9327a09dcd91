using System.Runtime.CompilerServices;
using Distributed.Worker.Cli;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Distributed.Worker.Telemetry;

/// <summary>Sends metrics and spans to an OTLP receiver, where the environment names one as OpenTelemetry has it.</summary>
/// <remarks>Where it names none nothing is started, and OpenTelemetry's assemblies are not loaded. Runs side by side in one process share what is
/// started: it begins with the first and ends with the last.</remarks>
public static class TelemetryExport
{
    private const string General = "OTEL_EXPORTER_OTLP_ENDPOINT", OfMetrics = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        OfTraces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", IsOff = "OTEL_SDK_DISABLED";

    private static readonly Lock Guard = new();
    private static IDisposable? s_sending;
    private static int s_uses;

    /// <param name="service">What the process is called, unless OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES say otherwise.</param>
    /// <returns>To be disposed at the end, which sends what is left; null: nothing is sent.</returns>
    /// <exception cref="UserException">What the environment names is no address, or other settings there are wrong.</exception>
    public static IDisposable? FromEnvironment(string service)
    {
        if (string.Equals(Environment.GetEnvironmentVariable(IsOff), "true", StringComparison.OrdinalIgnoreCase)) return null;
        var general = IsGiven(General);
        var (metrics, traces) = (IsGiven(OfMetrics) || general, IsGiven(OfTraces) || general);
        if (!metrics && !traces) return null;
        lock (Guard)
        {
            if (s_uses == 0) s_sending = StartAsSaid(service, metrics, traces);
            s_uses++;
            return new Use();
        }
    }

    private static bool IsGiven(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text) return false;
        return Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? true
            : throw new UserException($"{variable}: wanted an address as in http://localhost:4317, came \"{text}\"");
    }

    private static IDisposable StartAsSaid(string service, bool metrics, bool traces)
    {
        try
        {
            return Start(service, metrics, traces);
        }
        catch (Exception wrong) when (wrong is ArgumentException or FormatException or NotSupportedException)
        {
            throw new UserException($"telemetry cannot be sent as the environment's variables OTEL_... say: {wrong.Message}", wrong);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)] // what names OpenTelemetry's types is compiled only when it is called
    private static IDisposable Start(string service, bool metrics, bool traces)
    {
        // What comes later wins: the environment over our name.
        var resource = ResourceBuilder.CreateEmpty().AddService(service).AddTelemetrySdk().AddEnvironmentVariableDetector();
        return new Both(
            metrics ? Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(TelemetrySources.Name).AddOtlpExporter().Build() : null,
            traces ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(TelemetrySources.Name).AddOtlpExporter().Build() : null);
    }

    private sealed class Use : IDisposable
    {
        private bool _isOver;

        public void Dispose()
        {
            lock (Guard)
            {
                if (_isOver) return;
                _isOver = true;
                if (--s_uses == 0) s_sending!.Dispose();
            }
        }
    }

    private sealed class Both(IDisposable? metrics, IDisposable? traces) : IDisposable
    {
        public void Dispose()
        {
            traces?.Dispose();
            metrics?.Dispose();
        }
    }
}
