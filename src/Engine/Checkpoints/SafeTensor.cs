using System.Collections.Immutable;

namespace Distributed.Engine.Checkpoints;

/// <summary>A named tensor of a safetensors file.</summary>
/// <param name="Data">Shape.SampleElements elements, row-major.</param>
public sealed record SafeTensor(string Name, Shape Shape, ReadOnlyMemory<float> Data);

/// <summary>What a safetensors file holds.</summary>
/// <param name="Tensors">In the order of their data.</param>
/// <param name="Metadata">Without the file's own checksums.</param>
/// <param name="Verified">Whether the file carried our checksums, and so header and data are proven whole. A file of another
/// program carries none.</param>
public sealed record SafeTensorsContents(ImmutableArray<SafeTensor> Tensors, ImmutableSortedDictionary<string, string> Metadata,
    bool Verified)
{
    /// <summary>null: there is no such tensor.</summary>
    public SafeTensor? Find(string name) => Tensors.FirstOrDefault(tensor => tensor.Name == name);
}
