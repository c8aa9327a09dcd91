namespace Distributed.Engine.Layers;

/// <summary>Layers inside another layer, one after another, that get what goes into it.</summary>
/// <param name="Name">The key of a job under which they stand: "body".</param>
public sealed record Branch(string Name, Sequential Layers);
