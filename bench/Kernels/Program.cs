using BenchmarkDotNet.Running;
using Distributed.Kernels;

if (args is ["beside", .. var layers]) Beside.Run(layers);
else BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
