using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Distributed.Kernels;

if (args is ["beside", ..] && Environment.GetEnvironmentVariable("OPENBLAS_CORETYPE") is { Length: > 0 } core)
{
    Console.Error.WriteLine($"OPENBLAS_CORETYPE is {core}: OpenBLAS is to choose its kernels itself, or it may be half as fast as it can be; unset it");
    return 2;
}

// In this process: so the runtime's settings (DOTNET_EnableAVX512=0) hold for what is measured too.
if (args is ["beside", .. var wanted]) Beside.Run(wanted);
else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, ManualConfig.Create(DefaultConfig.Instance).AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance)));
return 0;
