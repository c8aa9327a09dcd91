using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace Distributed.Actors.Akka;

/// <summary>The settings of a node: what was asked for over the user's file, over distributed.conf.</summary>
internal static class ClusterSettings
{
    /// <exception cref="HostException">The user's settings cannot be used; the sentence says why.</exception>
    public static ActorSystemSetup ToSetup(AkkaHostOptions options, HostSetup parts)
    {
        var roles = string.Join(", ", options.Roles.Select(role => $"\"{role}\""));
        var asked = string.Create(CultureInfo.InvariantCulture, $$"""
            akka.remote.dot-netty.tcp { hostname = "{{options.Hostname}}", port = {{options.Port}}, enable-ssl = {{(options.Tls is null ? "off" : "on")}} }
            akka.cluster.roles = [{{roles}}]
            """);
        var fallback = string.Create(CultureInfo.InvariantCulture, $"distributed.dispatcher.dedicated-thread-pool.thread-count = {Math.Max(2, Environment.ProcessorCount)}");
        Config settings = ConfigurationFactory.ParseString(asked);
        if (options.Settings is { } own)
        {
            CheckWhole(own);
            settings = settings.WithFallback(ConfigurationFactory.ParseString(own));
        }

        settings = settings.WithFallback(ConfigurationFactory.FromResource("distributed.conf", typeof(AkkaHost).Assembly))
            .WithFallback(ConfigurationFactory.ParseString(fallback));
        if (settings.GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size") is { } frame && frame < ClusterLimits.LeastFrameBytes)
            throw new HostException($"maximum-frame-size is {frame} bytes; a chunk needs {ClusterLimits.LeastFrameBytes}, and longer messages would be dropped");
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(settings), parts);
        return options.Tls is { } tls ? setup.And(Certificates.ToSetup(tls)) : setup;
    }

    /// <summary>Akka.NET reads settings whose braces do not match, as far as it gets; then half of them would count.</summary>
    private static void CheckWhole(string settings)
    {
        var open = new Stack<char>();
        foreach (var line in settings.Split('\n'))
        {
            var quoted = false;
            for (var i = 0; i < line.Length; i++)
            {
                if (line[i] == '\\' && quoted) i++;
                else if (line[i] == '"') quoted = !quoted;
                else if (quoted) continue;
                else if (line[i] == '#' || line.AsSpan(i).StartsWith("//")) break;
                else if (line[i] is '{' or '[') open.Push(line[i]);
                else if (line[i] is '}' or ']' && !(open.TryPop(out var began) && began == (line[i] == '}' ? '{' : '[')))
                    throw new HostException($"the settings of Akka.NET have a '{line[i]}' that closes nothing: {line.Trim()}");
            }
        }

        if (open.Count > 0) throw new HostException($"the settings of Akka.NET have a '{open.Peek()}' that is not closed");
    }
}
