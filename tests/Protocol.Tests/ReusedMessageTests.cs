using System.Buffers;
using Google.Protobuf;

namespace Distributed.Protocol.Tests;

/// <summary>Some look at a message after its release, when another test could rent it: so nothing else may run.</summary>
[CollectionDefinition(nameof(ReusedMessageTests), DisableParallelization = true)]
[Collection(nameof(ReusedMessageTests))]
public sealed class ReusedMessageTests
{
    /// <summary>A type of message for each test, whose free ones are its own.</summary>
    private sealed class Message<TTest> : ReusedMessage<Message<TTest>>
    {
        public int Number { get; set; }

        protected override bool TryClear()
        {
            if (Number > MostEntries)
            {
                return false;
            }

            Number = 0;
            return true;
        }
    }

    private sealed class Again;

    private sealed class Twice;

    private sealed class Made;

    private sealed class Lost;

    private sealed class Large;

    private sealed class Shared;

    [Fact]
    public void A_released_message_is_rented_again_and_empty()
    {
        var message = Message<Again>.Rent();
        message.Number = 7;
        message.Release();
        Assert.Equal(0, message.Number);
        Assert.Same(message, Message<Again>.Rent());
        Assert.NotSame(message, Message<Again>.Rent());
    }

    [Fact]
    public void Releasing_twice_throws_and_the_message_is_rented_to_one()
    {
        var message = Message<Twice>.Rent();
        message.Release();
        Assert.Throws<InvalidOperationException>(message.Release);
        Assert.Same(message, Message<Twice>.Rent());
        Assert.NotSame(message, Message<Twice>.Rent());
    }

    [Fact]
    public void One_that_was_not_rented_is_not_used_again()
    {
        var message = new Message<Made>();
        message.Release();
        message.Release();
        Assert.NotSame(message, Message<Made>.Rent());
    }

    [Fact]
    public void One_that_is_too_large_is_not_kept_and_released_once_all_the_same()
    {
        var message = Message<Large>.Rent();
        message.Number = 1000;
        message.Release();
        Assert.Throws<InvalidOperationException>(message.Release);
        Assert.NotSame(message, Message<Large>.Rent());
    }

    [Fact]
    public void One_that_is_lost_is_harmless_and_steady_use_allocates_nothing()
    {
        _ = Message<Lost>.Rent();
        Message<Lost>.Rent().Release();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Message<Lost>.Rent().Release();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Of_two_threads_that_release_it_one_is_told()
    {
        var thrown = 0;
        for (var i = 0; i < 200; i++)
        {
            var message = Message<Shared>.Rent();
            Parallel.For(0, 2, _ =>
            {
                try
                {
                    message.Release();
                }
                catch (InvalidOperationException)
                {
                    Interlocked.Increment(ref thrown);
                }
            });
        }

        Assert.Equal(200, thrown);
    }

    /// <summary>The body of a frame, as a connection reads it.</summary>
    [Fact]
    public void Reading_an_assignment_again_and_again_allocates_nothing()
    {
        var bytes = new ReadOnlySequence<byte>(new Assign { Step = 12, Epoch = 1, Batch = 4, Session = 1ul << 32 | 3, Runs = { 0, 4, 4, 2, 300, 4 } }.ToByteArray());
        var entry = MessageTable.Find(typeof(Assign))!;
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Read();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        var assign = (Assign)entry.Parse(bytes);
        Assert.Equal([(0u, 4u), (4u, 2u), (300u, 4u)], Enumerable.Range(0, assign.RunCount).Select(assign.Run));
        assign.Release();

        void Read()
        {
            var read = (Assign)entry.Parse(bytes);
            entry.Check(read);
            read.Release();
        }
    }

    /// <summary>What one use left is on no later wire.</summary>
    [Fact]
    public void A_message_that_was_used_before_is_written_as_a_new_one()
    {
        var assign = Assign.Rent();
        for (var i = 0; i < 5; i++)
        {
            assign.AddRange(i, 1);
        }

        (assign.Step, assign.Epoch, assign.Batch, assign.Session, assign.Audit) = (1, 2, 3, 4, true);
        assign.Release();
        Assert.Equal(new Assign(), assign);
        for (var uses = 0; uses < 2; uses++)
        {
            assign.AddRange(4, 4);
            Assert.Equal(new Assign { Runs = { 4, 4 } }.ToByteArray(), assign.ToByteArray());
            assign.Runs.Clear();
        }

        var done = PartialDone.Rent();
        done.SetRange(2, 2);
        (done.Step, done.Loss, done.Correct, done.Samples, done.ComputeNs, done.Session, done.Dropped) = (1, 2, 3, 4, 5, 6, true);
        done.Hash = ByteString.CopyFrom(1, 2, 3);
        done.Release();
        Assert.Equal(new PartialDone { Range = new Range() }, done);

        var lent = LentChunk.Rent();
        lent.Set(new ChunkHeader(ChunkKind.Partial, 1, 2, 3, 4, 5) { Session = 6 }, 7, 8);
        lent.Release();
        Assert.Equal(new LentChunk(), lent);

        var returned = Returned.Rent();
        returned.Vectors.Add(1);
        returned.Chunks.Add(2);
        returned.Release();
        Assert.Equal(new Returned(), returned);

        var held = WeightsHeld.Rent();
        (held.Version, held.Session) = (1, 2);
        held.Release();
        Assert.Equal(new WeightsHeld(), held);
    }
}
