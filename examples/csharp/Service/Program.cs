using Distributed.Coordinator.Embedding;

if (Trainer.IsWorker) return await Trainer.WorkAsync(Spiral.Setup);
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<TrainingService>();
builder.Services.AddHostedService(services => services.GetRequiredService<TrainingService>());
var app = builder.Build();
app.MapGet("/run", (TrainingService training) => training.State);
await app.RunAsync();
return 0;
