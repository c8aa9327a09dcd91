using System.Text.Json.Nodes;
using Distributed.Engine.Layers;
using Distributed.Jobs.Reading;
using Distributed.Jobs.Writing;

namespace Distributed.Jobs.Catalogs;

/// <summary>A <see cref="Padding"/>: same, valid (which is 0), a number, or [rows, columns].</summary>
public sealed class PaddingType : KeyType
{
    private const string Same = "same", Valid = "valid";

    private readonly AxesType _amount = new(0, JobLimits.MaxKernel);

    public override string Wanted => $"{Same}, {Valid} (0), {_amount.Wanted}";

    internal override bool TryRead(Node node, string path, ReadContext context, out object? value)
    {
        value = null;
        switch (node)
        {
            case ScalarNode { Text: Same }: value = Padding.Same; return true;
            case ScalarNode { Text: Valid }: value = Padding.Valid; return true;
            default:
                if (!_amount.TryRead(node, out var amount)) return Refuse(node, path, context, out value);
                value = (Padding)amount;
                return true;
        }
    }

    internal override JsonObject Schema() => JobsSchema.Either(JobsSchema.Word(Same), JobsSchema.Word(Valid), _amount.Schema());

    internal override Node Write(object? value, CanonicalScope scope) =>
        ((Padding)value!).Amount is { } amount ? _amount.Write(amount, scope) : CanonicalScope.Plain(Same);
}
