using System.Runtime.Intrinsics;
using Distributed.WidthProbe;

// First which vector widths this process runs with, then a line per kernel: its name and the SHA-256 of all its results' bits.
// Two processes whose kernels agree print the same lines after the first.
Console.WriteLine($"widths 128={Vector128.IsHardwareAccelerated} 256={Vector256.IsHardwareAccelerated} " +
    $"512={Vector512.IsHardwareAccelerated}");
ElementwiseProbe.Run();
ReductionProbe.Run();
GemmProbe.Run();
ConvolutionProbe.Run();
TrainingProbe.Run();
