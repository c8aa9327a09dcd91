using Distributed.Coordinator.Embedding;

if (Trainer.IsWorker) return await Trainer.WorkAsync(Spiral.Setup);
var result = await Trainer.RunAsync(Spiral.Setup, new TrainerOptions { Workers = 2 });
Console.WriteLine($"{result.Epochs[^1].TestAccuracy:P1} {result.Fingerprint}");
return 0;
