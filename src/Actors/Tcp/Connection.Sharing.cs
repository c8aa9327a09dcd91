using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Distributed.Actors.Sharing;
using Distributed.Protocol;
using Microsoft.Extensions.Logging;

namespace Distributed.Actors.Tcp;

/// <summary>Memory that both ends look at, where both are on one machine: chunks are lent in place of being sent, and frames go through rings.</summary>
/// <remarks><code>
/// after the handshake, each way by itself, where both ends of the socket have one address:
///   SharedMemory (token, bell) ──►        opens the file, reads the token
///                        ◄──── MemorySeen from here on chunks may be lent; without it all goes over the socket as ever
///   SharedVector 0       ────►            opens and maps it
///   LentChunk …          ────►            handed to its actor with the elements where they lie
///                        ◄──── Returned   with the next frame that goes anyway, a heartbeat at the latest
/// when each has seen the other's memory, and both have a bell:
///   SharedRing           ────►            opens and maps it; what comes from here on lies there
///   all further frames   ══ in memory ══► the socket only tells that the other side is gone
/// </code>
/// Every length, place and release is said in frames, with their checksum and their bounds; so is the
/// order of chunks and messages that of one stream, whether it goes through the socket or a ring. What is not of a <see cref="MappedVector"/> is sent as ever.
/// <para>A ring is read to its end when the socket has ended: what a peer said before it went is heard.</para>
/// </remarks>
internal sealed partial class Connection
{
    private readonly Loans _loans = new();
    private readonly Returned _returned = new();
    private Token? _token;
    private PeerBell? _bell;
    private RingWriter? _outgoing; // made before what announces it is queued
    private RingReader? _incoming; // set by who receives
    private Task _socketWatch = Task.CompletedTask;
    private volatile bool _sendsInRing;
    private Borrowed? _borrowed;
    private volatile bool _lends;
    private long _lent;

    /// <summary>Chunks that were lent and not sent.</summary>
    public long ChunksLent => Interlocked.Read(ref _lent);

    /// <summary>Both ends have one address, so they are on one machine, or one of them on a machine that forwards to the other.</summary>
    private bool IsOneAddress
    {
        get
        {
            try
            {
                return _socket is { LocalEndPoint: IPEndPoint here, RemoteEndPoint: IPEndPoint there } && here.Address.Equals(there.Address);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Whether the peer has seen this node's memory.</summary>
    public bool Lends => _lends;

    /// <summary>Whether what is sent lies in this node's memory too, and nothing goes over the socket any more.</summary>
    public bool SendsInRing => _sendsInRing;

    /// <summary>Whether what comes is read from the peer's memory.</summary>
    public bool ReadsFromRing => _incoming is not null;

    private bool MayShare => _owner.Options.SharesMemory && MemoryFile.IsPossible && IsOneAddress;

    private void OfferMemory()
    {
        if (!MayShare)
        {
            return;
        }

        try
        {
            _token = new Token(_handshake.Ours.Node);
            var offer = _token.Offer;
            offer.Bell = _owner.Bell?.File ?? 0;
            _queue.AddUrgent(offer);
        }
        catch (IOException exception)
        {
            _log.LogDebug("No memory is shared with {Peer}: {Reason}", PeerName, exception.Message);
        }
    }

    private void On(SharedMemory offer)
    {
        if (_borrowed is not null)
        {
            throw new ProtocolException("SharedMemory came twice.");
        }

        try
        {
            if (!MayShare || _handshake.Theirs!.Node.Equals(_handshake.Ours.Node))
            {
                throw new IOException("it is not wanted here");
            }

            Token.Check(offer, _handshake.Theirs!.Node);
            _bell = offer.Bell == 0 ? null : new PeerBell(offer.ProcessId, offer.Bell, _handshake.Theirs!.Node.Span);
            _borrowed = new Borrowed(offer.ProcessId);
            _queue.AddUrgent(new MemorySeen());
            _log.LogDebug("{Peer} is on this machine: chunks are read where they lie", PeerName);
            OfferRing();
        }
        catch (IOException exception)
        {
            _log.LogDebug("{Peer} offers memory that is not used: {Reason}", PeerName, exception.Message);
        }
    }

    private void OnMemorySeen()
    {
        if (_token is null || _lends)
        {
            throw new ProtocolException("MemorySeen came and nothing was offered, or it came twice.");
        }

        _token.Dispose();
        _lends = true;
        OfferRing();
    }

    /// <summary>Where both have seen each other's memory, what is sent lies there too from here on.</summary>
    private void OfferRing()
    {
        if (!_lends || _bell is null || _owner.Bell is not { } ours)
        {
            return;
        }

        try
        {
            var ring = new RingWriter(_bell);
            lock (_gate)
            {
                if (_closeReason is not null)
                {
                    return;
                }

                _outgoing = ring;
            }

            ours.Add(ring);
            _queue.AddUrgent(new SharedRing { File = ring.File });
        }
        catch (IOException exception)
        {
            _log.LogDebug("No ring is shared with {Peer}: {Reason}", PeerName, exception.Message);
        }
    }

    /// <summary>What comes from here on lies in the peer's memory. The socket only tells when the peer is gone.</summary>
    private void ReadFrom(SharedRing announced, long unread)
    {
        if (_incoming is not null)
        {
            throw new ProtocolException("SharedRing came twice.");
        }

        if (_bell is null || _borrowed is null || _owner.Bell is not { } ours)
        {
            throw new ProtocolException("SharedRing came where no memory was seen, or no bell.");
        }

        if (unread > 0)
        {
            throw new ProtocolException($"{unread} bytes came behind SharedRing.");
        }

        try
        {
            var ring = new RingReader(_borrowed.Open(announced.File, RingEnd.Elements), _bell);
            lock (_gate)
            {
                if (_closeReason is not null)
                {
                    return;
                }

                _incoming = ring;
            }

            ours.Add(ring);
            _socketWatch = WatchSocketAsync(ring);
        }
        catch (IOException exception)
        {
            throw new ProtocolException($"A ring that is announced cannot be opened: {exception.Message}", exception);
        }
    }

    private async Task WatchSocketAsync(RingReader ring)
    {
        try
        {
            if (await _stream.ReadAsync(new byte[1], _closed.Token).ConfigureAwait(false) > 0)
            {
                Close($"{Who} sent what the protocol does not allow: bytes behind SharedRing.");
                _log.LogWarning("{Reason} The connection is dropped.", CloseReason);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            _log.LogDebug(exception, "The socket to {Peer} ended", PeerName);
        }
        finally
        {
            ring.End();
        }
    }

    private void EndRings()
    {
        _incoming?.End();
        _outgoing?.End();
    }

    private Borrowed Lender => _borrowed ?? throw new ProtocolException("A chunk is lent, and no memory was seen here.");

    /// <summary>A chunk that is lent needs no wake-up of its own: a message follows mostly, and else the end of the turn. A wake-up costs both
    /// sides some 20 µs of processor time, which is more than a chunk's elements take.</summary>
    private Haste HasteOf(object body, bool isAhead)
    {
        if (body is not TensorChunk chunk)
        {
            return Haste.Now;
        }

        if (!_lends || !MemoryMarshal.TryGetMemoryManager<float, MappedVector>(chunk.Data, out var vector))
        {
            return Haste.Soon;
        }

        // Behind the chunks of a partial sum comes the word that they are all of it, and nothing is done before that which could not wait.
        var mayWait = chunk.Header.Kind == ChunkKind.Partial && vector.Length <= HostLimits.PatientElements && _sendsInRing && _bell!.IsPatient;
        return isAhead || mayWait ? Haste.WithNext : Haste.WithOthers;
    }

    /// <summary>Writes the frames that lend a chunk. False: it is to be sent.</summary>
    private bool TryLend(SendBuffer output, string to, string from, TensorChunk chunk)
    {
        if (!_lends || !_loans.TryLend(chunk, out var lent, out var announced))
        {
            return false;
        }

        if (announced is not null)
        {
            CountSent(FrameEncoder.Write(output, "", "", announced));
        }

        CountSent(FrameEncoder.Write(output, to, from, lent));
        Interlocked.Increment(ref _lent);
        return true;
    }

    /// <summary>Writes what was borrowed and is done with.</summary>
    private void WriteReturned(SendBuffer output)
    {
        if (_borrowed?.TryReturn(_returned) == true)
        {
            CountSent(FrameEncoder.Write(output, "", "", _returned));
        }
    }

    /// <summary>What a process that has ended had on loan is free again. One that lives may still use it: see <see cref="Loans"/>.</summary>
    private void EndSharing()
    {
        _token?.Dispose();
        foreach (var end in (RingEnd?[])[_incoming, _outgoing])
        {
            if (end is not null)
            {
                _owner.Bell!.Remove(end);
            }
        }

        if (_borrowed is { IsLenderGone: true })
        {
            _loans.ReturnAll();
        }
    }
}
