using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Distributed.Worker.Cli;

/// <summary>A host's name or address with a port: <c>127.0.0.1:5000</c>, <c>[::1]:5000</c>, <c>trainer.local:5000</c>.</summary>
public sealed record HostPort(string Host, int Port)
{
    /// <param name="what">The option, for the sentence.</param>
    /// <param name="lowestPort">0 where "any free port" makes sense, else 1.</param>
    /// <exception cref="UserException"><paramref name="text"/> is no HOST:PORT.</exception>
    public static HostPort Parse(string text, string what, int lowestPort)
    {
        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? "" : text[..colon];
        if (host is ['[', .. var inside, ']'] && IPAddress.TryParse(inside, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6)
            host = inside;
        else if (host.Contains(':') || Uri.CheckHostName(host) is not (UriHostNameType.Dns or UriHostNameType.IPv4))
            host = "";
        var isPort = int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        if (host.Length == 0 || !isPort || port < lowestPort || port > IPEndPoint.MaxPort)
            throw new UserException(
                $"{what}: wanted HOST:PORT with a port from {lowestPort} to {IPEndPoint.MaxPort}, as in 127.0.0.1:5000, came \"{text}\"");
        return new HostPort(host, port);
    }

    /// <summary>One or several with commas between: <c>first:5000,second:5000</c>.</summary>
    /// <exception cref="UserException">One of them is no HOST:PORT, or stands there twice.</exception>
    public static IReadOnlyList<HostPort> ParseList(string text, string what)
    {
        HostPort[] places = [.. text.Split(',').Select(place => Parse(place, what, 1))];
        return places.GroupBy(place => place).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new UserException($"{what}: {twice.Key} stands there twice")
            : places;
    }

    /// <summary>An address to dial; a name is looked up when it is dialled.</summary>
    public EndPoint ToEndPoint() => IPAddress.TryParse(Host, out var address) ? new IPEndPoint(address, Port) : new DnsEndPoint(Host, Port);

    /// <summary>An address of this machine to listen on.</summary>
    /// <exception cref="UserException">The name is not known.</exception>
    public async Task<IPEndPoint> ResolveAsync(string what)
    {
        if (IPAddress.TryParse(Host, out var address)) return new IPEndPoint(address, Port);
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(Host).ConfigureAwait(false);
            return new IPEndPoint(addresses.First(), Port);
        }
        catch (SocketException unknown)
        {
            throw new UserException($"{what}: there is no address for \"{Host}\": {unknown.Message}", unknown);
        }
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
