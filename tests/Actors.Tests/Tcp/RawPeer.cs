using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Distributed.Protocol;
using Google.Protobuf;

namespace Distributed.Actors.Tests.Tcp;

/// <summary>The other end of a connection, byte by byte in the test's hands.</summary>
internal sealed class RawPeer(TcpClient client) : IDisposable
{
    private readonly FrameDecoder _decoder = new(_ => new ChunkPool());
    private byte[] _buffer = new byte[1 << 21];
    private int _filled;

    public static async Task<RawPeer> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new TcpClient();
        await client.ConnectAsync(endPoint);
        return new RawPeer(client);
    }

    public static async Task<RawPeer> AcceptAsync(TcpListener listener) =>
        new(await listener.AcceptTcpClientAsync().WaitAsync(Wait.Bound));

    public async Task SendAsync(byte[] bytes) => await client.GetStream().WriteAsync(bytes);

    public async Task SendAsync(object body, string to = "", string from = "")
    {
        var output = new ArrayBufferWriter<byte>();
        FrameEncoder.Write(output, to, from, body);
        await SendAsync(output.WrittenSpan.ToArray());
    }

    public static Hello Hello(uint version = ProtocolVersion.Current, bool secret = false) => new()
    {
        Protocol = version,
        Node = ByteString.CopyFrom(new byte[16]),
        Name = "raw/0",
        Nonce = ByteString.CopyFrom(new byte[32]),
        Secret = secret,
    };

    public Task SayHelloAsync(uint version = ProtocolVersion.Current) => SendAsync(Hello(version));

    /// <summary>The next frame; null when the host has closed.</summary>
    public async Task<ReceivedFrame?> ReadAsync()
    {
        while (true)
        {
            var input = new ReadOnlySequence<byte>(_buffer.AsMemory(0, _filled));
            var whole = _decoder.TryRead(ref input, out var frame);
            var rest = input.ToArray();
            rest.CopyTo(_buffer, 0);
            _filled = rest.Length;
            if (whole)
            {
                return frame;
            }

            try
            {
                var read = await client.GetStream().ReadAsync(_buffer.AsMemory(_filled)).AsTask().WaitAsync(Wait.Bound);
                if (read == 0)
                {
                    return null;
                }

                _filled += read;
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>The next frame with such a body; fails if the host closes before.</summary>
    public async Task<ReceivedFrame> ReadAsync<T>()
    {
        while (true)
        {
            var frame = await ReadAsync();
            Assert.True(frame is not null, $"The connection was closed before a {typeof(T).Name} came.");
            if (frame.Value.Body is T)
            {
                return frame.Value;
            }
        }
    }

    /// <summary>Reads until the host closes.</summary>
    public async Task WhenClosedAsync()
    {
        while (await ReadAsync() is not null)
        {
        }
    }

    /// <summary>Closes with a reset, as a killed process on a lost machine would not even do.</summary>
    public void Abort()
    {
        client.Client.LingerState = new LingerOption(true, 0);
        client.Close();
    }

    public void Dispose()
    {
        _decoder.Dispose();
        client.Dispose();
    }
}
