using Distributed.Coordinator.Cli.Displays;
using Distributed.Coordinator.Control;
using Distributed.Coordinator.Dashboards;
using Distributed.Coordinator.Runs;
using Distributed.Coordinator.Web;
using Distributed.Worker.Cli;
using Microsoft.Extensions.Logging;

namespace Distributed.Coordinator.Cli;

/// <summary>What a run serves to those who control it and look at it.</summary>
internal sealed class RunServers : IAsyncDisposable
{
    private readonly WebServer? _control;
    private readonly Task<DashboardServer?> _dashboard;
    private readonly Notes _notes;

    private RunServers(WebServer? control, Task<DashboardServer?> dashboard, Notes notes) => (_control, _dashboard, _notes) = (control, dashboard, notes);

    /// <param name="record">What is taken down of the run, as it is now.</param>
    /// <exception cref="UserException">An address that the user gave cannot be listened on.</exception>
    public static async Task<RunServers> StartAsync(TrainRequest request, ControlledRun run, Func<RunRecord> record, int epochs, Notes notes, ILoggerFactory logs, TimeProvider time)
    {
        WebServer? control = null;
        if (request.Control is { } place)
        {
            control = await ControlServer.StartAsync(place, request.Security, new ControlService(run, time).AddTo, logs, time).ConfigureAwait(false);
            notes.Add($"control: {control.Address}");
        }
        var dashboard = request.Dashboard is null ? Task.FromResult<DashboardServer?>(null) : Task.Run(ServeAsync); // no step waits for the page
        if (request.Dashboard is { Port: not 0 }) await dashboard.ConfigureAwait(false);
        return new RunServers(control, dashboard, notes);

        async Task<DashboardServer?> ServeAsync()
        {
            try
            {
                return await DashboardServer.StartAsync(request.Dashboard, request.Security, new LiveRun(run, record, epochs), logs, time).ConfigureAwait(false);
            }
            catch (UserException wrong) when (request.Dashboard.Port == 0)
            {
                notes.Add($"no dashboard: {wrong.Message}", NoteKind.Warning);
                return null;
            }
        }
    }

    /// <summary>Says where the page is, as soon as it is there.</summary>
    public void Announce() => _dashboard.ContinueWith(started =>
    {
        if (started is { IsCompletedSuccessfully: true, Result: { } server }) _notes.Add($"dashboard: {server.Address}");
    }, TaskScheduler.Default);

    /// <summary>The run has ended: a page that is open gets to see it.</summary>
    public async Task LetLookAsync()
    {
        if (_dashboard.IsCompletedSuccessfully && await _dashboard.ConfigureAwait(false) is { } server) await server.LetLookAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_control is not null) await _control.DisposeAsync().ConfigureAwait(false);
        if (await _dashboard.ConfigureAwait(false) is { } dashboard) await dashboard.DisposeAsync().ConfigureAwait(false);
    }
}
