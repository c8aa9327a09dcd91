namespace Distributed.Onnx;

/// <summary>A model that ONNX cannot express, said as a sentence that names the layer. Recoverable.</summary>
public sealed class OnnxException(string message, Exception? inner = null) : Exception(message, inner);
