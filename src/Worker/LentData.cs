using Distributed.Actors.Sharing;
using Distributed.Engine.Data;
using Microsoft.Extensions.Logging;

namespace Distributed.Worker;

/// <summary>Data that a coordinator has read and its worker processes on the same machine need not read again: a <see cref="DataImage"/> in a
/// <see cref="LentFile"/>.</summary>
/// <remarks>Whoever cannot have it so reads the data from where the job says: it is the same, and its fingerprint is compared as ever.</remarks>
public static class LentData
{
    /// <summary>Lends data to others.</summary>
    /// <param name="key">The job's fingerprint.</param>
    /// <returns>The data as it lies in the file; what came where it cannot be lent.</returns>
    public static DataPair Lend(LentFile file, DataPair data, ReadOnlySpan<byte> key, ILogger log)
    {
        if (!DataImage.IsPossible(data)) return data;
        try
        {
            DataImage.Write(file.Handle, data, key);
            file.Seal();
            return DataImage.Read(LentFile.Open(file.Place), key);
        }
        catch (Exception wrong) when (IsExpected(wrong))
        {
            log.LogWarning("the data is not lent to worker processes, each reads it: {Reason}", wrong.Message);
            return data;
        }
    }

    /// <summary>Data that is lent at a place, if it is there.</summary>
    /// <param name="key">The job's fingerprint.</param>
    /// <returns>Null: it is not to be had.</returns>
    public static DataPair? Borrow(string place, ReadOnlySpan<byte> key, ILogger log)
    {
        try
        {
            var data = DataImage.Read(LentFile.Open(place), key);
            log.LogDebug("the data is borrowed from the run's coordinator");
            return data;
        }
        catch (Exception wrong) when (IsExpected(wrong))
        {
            log.LogDebug("the data is not borrowed: {Reason}", wrong.Message);
            return null;
        }
    }

    private static bool IsExpected(Exception wrong) => wrong is IOException or UnauthorizedAccessException or DataException;
}
