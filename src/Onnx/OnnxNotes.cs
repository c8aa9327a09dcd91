namespace Distributed.Onnx;

/// <summary>What an ONNX file says of its model for people and programs that read it.</summary>
/// <param name="Name">The graph's name; at least one character.</param>
/// <param name="Description">What it is, what goes in and what comes out; sentences.</param>
/// <param name="Metadata">By key; written as the file's metadata_props, in this order.</param>
public sealed record OnnxNotes(string Name, string Description, IReadOnlyList<KeyValuePair<string, string>> Metadata);
