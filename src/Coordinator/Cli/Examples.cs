namespace Distributed.Coordinator.Cli;

/// <summary>How each command is used, for its help.</summary>
internal static class Examples
{
    /// <summary>What stands behind a command's name, by that name.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["train"] = "examples/spiral.yaml --set epochs=50 --run-name spiral",
        ["coordinator"] = "job.yaml --listen 0.0.0.0:5000 --workers 4 --secret-file secret.txt",
        ["worker"] = "--coordinator 192.168.1.10:5000 --secret-file secret.txt",
        ["status"] = "--control 127.0.0.1:5001",
        ["watch"] = "--control 127.0.0.1:5001 --interval-ms 2000",
        ["checkpoint"] = "--control 127.0.0.1:5001",
        ["stop"] = "--control 127.0.0.1:5001 --reason \"enough for today\"",
        ["set-rate"] = "0.01 --control 127.0.0.1:5001",
        ["sweep"] = "job.yaml --grid optimizer.sgd.rate=1,0.1,0.01 --grid batch=50,300 --parallel 2",
        ["runs"] = "--runs /data/runs",
        ["compare"] = "first second --out curves.svg",
        ["dashboard"] = "spiral --dashboard 127.0.0.1:5002",
        ["evaluate"] = "runs/spiral",
        ["export"] = "runs/spiral --onnx spiral.onnx --with-scaling",
        ["predict"] = "runs/spiral samples.csv --format json",
        ["import"] = "job.yaml --weights theirs.safetensors --map 0=linear1 --out ours.safetensors",
        ["inspect"] = "runs/spiral/checkpoints/best.safetensors",
        ["describe"] = "job.yaml --sample-shape 1,28,28",
        ["diagnose"] = "runs/spiral/report.json",
        ["visualize"] = "runs/spiral --out pictures",
        ["filter"] = "photo.png --kernel gaussian --sigma 2 --out soft.png",
        ["get"] = "mnist",
        ["completion"] = "bash",
    };
}
