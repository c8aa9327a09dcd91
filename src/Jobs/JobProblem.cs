namespace Distributed.Jobs;

/// <summary>Something wrong with a job, where it is, and what was wanted and what came.</summary>
/// <param name="File">The job's file as its reader named it, the override (<c>--set batch=0</c>), or "" for a job built in C#.</param>
/// <param name="Line">From 1; 0 where there is no line (an override, a job built in C#, a file's end that never came).</param>
/// <param name="Column">From 1; 0 where there is no line.</param>
/// <param name="Path">The key: <c>model[2].linear.outputs</c>; "" for the whole job.</param>
public sealed record JobProblem(string File, int Line, int Column, string Path, string Message)
{
    /// <summary><c>spiral.yaml, line 9, model[2].linear.outputs: wanted a whole number from 1 to 1048576, came 0</c></summary>
    public override string ToString()
    {
        string?[] where = [File.Length > 0 ? File : null, Line > 0 ? $"line {Line}" : null, Path.Length > 0 ? Path : null];
        var place = string.Join(", ", where.Where(part => part is not null));
        return place.Length > 0 ? $"{place}: {Message}" : Message;
    }
}
