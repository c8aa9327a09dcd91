using Distributed.Engine.Graphs;
using Distributed.Engine.Training;

namespace Distributed.Engine.Tests.Operations;

/// <summary>A step allocates nothing, whichever operations a graph is written with.</summary>
public class AllocationTests
{
    public static TheoryData<string> Names =>
        [.. Cases.All.Keys.Except(Cases.ForwardOnly).Select(type => type.Name).Order()];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_pass_allocates_nothing(string name)
    {
        var operation = Cases.Operations.Single(type => type.Name == name);
        for (var seed = 0; seed < 10; seed++)
        {
            var made = Cases.Make(operation, seed);
            var executor = new Executor<float>(made.Graph, made.Root, made.Samples);
            foreach (var (input, numbers) in made.Inputs)
                for (var i = 0; i < numbers.Length; i++) executor.Input(input, made.Samples)[i] = (float)numbers[i];
            ReadOnlyMemory<float> parameters = made.Parameters.Select(number => (float)number).ToArray();
            Memory<float> gradient = new float[parameters.Length];
            var pass = new Pass(made.Samples) { Training = true };

            Step(); // buffers that a thread keeps grow once
            // The runtime may allocate by itself at some call; what an operation allocates comes at every one.
            var least = long.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                Step();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            Assert.True(least == 0, $"{name}, seed {seed}: {least} bytes were allocated");

            void Step()
            {
                executor.Forward(parameters, pass);
                executor.Backward(gradient);
            }
        }
    }
}
