namespace Distributed.Engine.Checkpoints;

/// <summary>A tensor that another program has written.</summary>
/// <param name="Type">Of its elements in the file: "F16".</param>
/// <param name="Data">As float32, row-major; null: elements of this type are not read.</param>
public sealed record ForeignTensor(string Name, Shape Shape, string Type, float[]? Data)
{
    public override string ToString() => $"\"{Name}\" {Shape}";
}
