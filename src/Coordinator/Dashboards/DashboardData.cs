using System.Text.Json.Serialization;
using Distributed.Coordinator.Runs;

namespace Distributed.Coordinator.Dashboards;

/// <summary>What the page is told: all that is new since it last asked.</summary>
/// <param name="Resumes">Of <see cref="RunHistory.Resumes"/>: with another number, what the page has of steps and epochs counts no more.</param>
/// <param name="Steps">From the place on that the page has named.</param>
/// <param name="IsLive">Whether a run is behind it that can be stopped.</param>
internal sealed record DashboardData(string Run, string Job, string State, string? Reason, bool IsLive, long Step, long TotalSteps, int Epochs, int StepsPerEpoch, double? Loss,
    double? Accuracy, double SamplesPerSecond, double? SecondsLeft, int Resumes, IReadOnlyList<StepLine> Steps, IReadOnlyList<EpochLine> EpochLines,
    IReadOnlyList<EventLine> Events, IReadOnlyList<WorkerRow> Workers, IReadOnlyList<TimelinePiece> Timeline, LayersLine? Layers, IReadOnlyList<string> Diagnosis,
    IReadOnlyList<string> Pictures, long PictureStep, string? Fingerprint);

/// <param name="State">"working", "idle", "late", "lost", ...</param>
/// <param name="Name">Its host and process.</param>
/// <param name="Shards">Of the last step that it had a part in; 0: that is not known.</param>
/// <param name="SamplesPerSecond">While it computes; 0: that is not known.</param>
internal sealed record WorkerRow(int Number, string Name, string State, int Shards, double SamplesPerSecond, TimeShares? Times, string? Why);

/// <summary>The answer to a button.</summary>
internal sealed record DashboardAnswer(string Text, bool IsDone);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DashboardData))]
[JsonSerializable(typeof(DashboardAnswer))]
internal sealed partial class DashboardJson : JsonSerializerContext;
