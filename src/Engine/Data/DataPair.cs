namespace Distributed.Engine.Data;

/// <summary>What is trained on and what accuracy is measured on; the same shape and classes.</summary>
/// <param name="Test">null: there is no test part.</param>
public sealed record DataPair(DataSet Train, DataSet? Test)
{
    public DataSet? Test { get; } = Test is null || (Test.SampleShape == Train.SampleShape && Test.Target == Train.Target)
        ? Test
        : throw new DataException($"the test part has samples of {Test.SampleShape} and {Test.Target}, " +
            $"the training part has samples of {Train.SampleShape} and {Train.Target}; they must be the same");

    /// <summary>Both parts with features scaled by statistics of the training part alone.</summary>
    public static DataPair Scaled(StoredDataSet train, StoredDataSet? test, Scaling scaling)
    {
        var scaler = train.FitScaler(scaling);
        return new DataPair(train.WithScaler(scaler), test?.WithScaler(scaler));
    }
}
