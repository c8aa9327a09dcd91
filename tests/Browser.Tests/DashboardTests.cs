using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Distributed.EndToEnd.Tests.Driving;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace Distributed.Browser.Tests;

/// <summary>The dashboard as people see it. With <c>DISTRIBUTED_REWRITE=1</c> the pictures of docs/images are made anew.</summary>
public sealed class DashboardTests(Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>, IDisposable
{
    /// <summary>Long enough that a test stops it, never its end.</summary>
    private const string Endless = """
        name: spirals
        seed: 3
        data: {spiral: {points: 400, noise: 0.15, test: {draw: 900}}}
        model:
          - linear: 64
          - relu
          - linear: 64
          - relu
          - linear: 3
        loss: softmax-cross-entropy
        optimizer: {sgd: {rate: 0.05, momentum: 0.9}}
        batch: 100
        shards: 8
        epochs: 100000
        """;

    /// <summary>As <c>AxisTests</c> has them of the axes in files.</summary>
    private static readonly (string Low, string High, string Kind, string Ticks)[] Axes =
    [
        ("0.0434", "0.626", "linear", "0 0.2 0.4 0.6 0.8"), ("0.00012", "0.00021", "linear", "1.2e-4 1.4e-4 1.6e-4 1.8e-4 2e-4 2.2e-4"),
        ("2.5", "2.5", "linear", "1 1.5 2 2.5 3 3.5 4"), ("0", "0", "linear", "-1 -0.5 0 0.5 1"), ("0.9911", "0.9998", "share", "0.99 0.992 0.994 0.996 0.998 1"),
        ("1", "1", "share", "0.9 0.92 0.94 0.96 0.98 1"), ("1", "4", "whole", "1 2 3 4"), ("7", "7", "whole", "7"), ("12", "5618", "whole", "2,000 4,000"),
        ("0.015", "0.8", "log", "0.01 0.02 0.05 0.1 0.2 0.5 1"), ("0.5", "0.5", "log", "0.5 1"), ("1e-11", "20", "log", "1e-9 1e-6 0.001 1"),
    ];

    private static readonly Regex Shards = new("^[1-8]$");

    private readonly Folder _folder = new();

    private Dictionary<string, string> Here => new() { [Tool.RunsVariable] = _folder["runs"] };

    [SkippableFact]
    public async Task The_curve_grows_a_killed_worker_is_marked_lost_and_a_stop_from_the_page_ends_the_run()
    {
        var page = await chromium.OpenAsync();
        using var run = Tool.Coordinator(Here, "train", _folder.Write("job.yaml", Endless), "--workers", "3", "--restarts", "0", "--run-name", "seen");
        var address = (await run.LineAsync("^dashboard: (.*)$")).Groups[1].Value;
        await run.LineAsync("3 workers now");
        await page.GotoAsync(address);
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("training");
        var curve = page.Locator("#loss-chart path.curve.pale[data-points]");
        await curve.WaitForAsync();
        var early = await PointsAsync(page);
        await UntilAsync(page, $"document.querySelector('#loss-chart path.curve.pale[data-points]').dataset.points > {early + 1}");
        await UntilAsync(page, "document.querySelectorAll('#timeline rect.compute').length > 3");
        await UntilAsync(page, "document.querySelectorAll('#layers tbody tr').length == 6");
        await UntilAsync(page, "document.querySelector('#picture').naturalWidth > 0 && !document.querySelector('#picture-section').hidden");
        await Assertions.Expect(page.Locator("#workers tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#workers tbody td:nth-child(4)")).ToHaveTextAsync([Shards, Shards, Shards]); // whether it is idle at the moment or not
        await Assertions.Expect(page.Locator("#workers th:nth-child(5)")).ToHaveTextAsync("samples/s while computing");
        await Assertions.Expect(page.Locator("#layers svg").First).ToHaveAttributeAsync("aria-label", new Regex(@"^\d+ negative, \d+ zero, \d+ positive$"));
        await UntilAsync(page, @"/step [\d,]+: checkpoint, and \d+ before$/.test(document.querySelector('#events li').textContent)");
        Assert.Single(await page.Locator("#events li", new PageLocatorOptions { HasText = "checkpoint" }).AllAsync());
        await ShootAsync(page, "dashboard-running");

        var number = Regex.Match(run.Output, @"worker (\d+) \([^/]*/(\d+)\) joined");
        Process.GetProcessById(int.Parse(number.Groups[2].Value, CultureInfo.InvariantCulture)).Kill();
        var lost = page.Locator("#workers tbody tr.gone");
        await Assertions.Expect(lost.Locator("td").First).ToHaveTextAsync(number.Groups[1].Value);
        await Assertions.Expect(lost.Locator("td.state")).ToHaveTextAsync("lost");
        await Assertions.Expect(page.Locator("#events li.warning").First).ToContainTextAsync("the answer stays the same");
        await ShootAsync(page, "dashboard-worker-lost");

        await page.Locator("#checkpoint").ClickAsync();
        await Assertions.Expect(page.Locator("#message")).ToContainTextAsync("step-");
        await page.Locator("#stop").ClickAsync();
        await page.Locator("#sure button[value=stop]").ClickAsync();
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("stopped");
        await run.ExitAsync(0);
        Assert.Contains("stopped from the dashboard", run.Output, StringComparison.Ordinal);
    }

    /// <summary>Trains forty epochs, and opens what was kept of them.</summary>
    private async Task<Tool> ShowKeptAsync(IPage page)
    {
        using (var run = Tool.Coordinator(Here, "train", _folder.Write("job.yaml", Endless), "--in-process", "--workers", "2", "--run-name", "kept", "--set", "epochs=40"))
            await run.ExitAsync(0);
        var shown = Tool.Coordinator(Here, "dashboard", "kept");
        await page.GotoAsync((await shown.LineAsync("^dashboard: (.*)$")).Groups[1].Value);
        return shown;
    }

    [SkippableFact]
    public async Task A_kept_run_opens_with_all_its_curves()
    {
        var page = await chromium.OpenAsync();
        using var shown = await ShowKeptAsync(page);
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("done");
        await Assertions.Expect(page.Locator("#epoch")).ToHaveTextAsync("40 / 40");
        Assert.Equal(480, await PointsAsync(page));
        await UntilAsync(page, "document.querySelector('#picture').naturalWidth > 0");
        await Assertions.Expect(page.Locator("#stop")).ToBeDisabledAsync();
        Assert.Equal(["100", "200", "300", "400"], await page.Locator("#loss-chart .across").AllTextContentsAsync());
        Assert.Equal(["10", "20", "30", "40"], await page.Locator("#accuracy-chart .across").AllTextContentsAsync());
        Assert.All(await page.Locator("#accuracy-chart .up").AllTextContentsAsync(), text => Assert.Matches(@"^\d+ %$", text));
        await ShootAsync(page, "dashboard-finished");
    }

    [SkippableFact]
    public async Task The_losses_scale_is_switched_by_the_keyboard_and_remembered()
    {
        var page = await chromium.OpenAsync();
        using var shown = await ShowKeptAsync(page);
        var ticks = page.Locator("#loss-chart .up");
        await Assertions.Expect(ticks.First).ToHaveTextAsync("0");
        foreach (var (low, high, kind, wanted) in Axes)
            Assert.Equal(wanted, await page.EvaluateAsync<string>($"axis({low}, {high}, '{kind}').ticks.map(tick).join(' ')"));
        await page.Locator("#log").FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Assertions.Expect(ticks.First).ToHaveTextAsync(new Regex("^0.0[125]+$"));
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#log")).ToBeCheckedAsync();
        await Assertions.Expect(ticks.First).ToHaveTextAsync(new Regex("^0.0[125]+$"));
    }

    [SkippableFact]
    public async Task It_is_for_a_phone_in_the_dark_and_for_the_keyboard_too()
    {
        var page = await chromium.OpenAsync(390, 844, isDark: true);
        using var run = Tool.Coordinator(Here, "train", _folder.Write("job.yaml", Endless), "--in-process", "--workers", "2", "--run-name", "small");
        await page.GotoAsync((await run.LineAsync("^dashboard: (.*)$")).Groups[1].Value);
        await page.Locator("#loss-chart path.curve.pale[data-points]").WaitForAsync();
        await UntilAsync(page, "document.querySelectorAll('#layers tbody tr').length == 6");
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
        Assert.Equal("rgb(18, 18, 22)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await ShootAsync(page, "dashboard-phone");

        await page.Keyboard.PressAsync("Tab"); // to the curves
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("stop", await page.EvaluateAsync<string>("document.activeElement.id"));
        await page.Keyboard.PressAsync("Enter");
        Assert.True(await page.Locator("#sure").IsVisibleAsync());
        await page.Keyboard.PressAsync("Escape");
        Assert.False(await page.Locator("#sure").IsVisibleAsync());
        await page.Locator("#stop").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab"); // from "Go on" to "Stop the run"
        await page.Keyboard.PressAsync("Enter");
        await run.ExitAsync(0);
    }

    [SkippableFact]
    public async Task Before_the_first_checkpoint_it_says_what_comes_after_it()
    {
        var page = await chromium.OpenAsync();
        using var run = Tool.Coordinator(Here, "train", _folder.Write("job.yaml", Endless), "--in-process", "--workers", "1", "--run-name", "young",
            "--set", "epochs=1", "--set", "batch=1", "--set", "shards=1", "--set", "data.spiral.points=100000"); // its only epoch is long
        await page.GotoAsync((await run.LineAsync("^dashboard: (.*)$")).Groups[1].Value);
        await page.Locator("#loss-chart path.curve").First.WaitForAsync();
        await Assertions.Expect(page.Locator("#no-layers")).ToHaveTextAsync("Shown after the first checkpoint.");
        Assert.False(await page.Locator("#layers").IsVisibleAsync());
        await page.Locator("#checkpoint").ClickAsync();
        await Assertions.Expect(page.Locator("#layers")).ToBeVisibleAsync();
        Assert.False(await page.Locator("#no-layers").IsVisibleAsync());
        run.Interrupt();
        await run.ExitAsync(0);
    }

    /// <summary>What is measured here is told, never judged: docs/dashboard.md has it with its machine.</summary>
    [SkippableFact]
    public async Task First_paint_is_told()
    {
        var page = await chromium.OpenAsync();
        using var run = Tool.Coordinator(Here, "train", _folder.Write("job.yaml", Endless), "--workers", "2", "--run-name", "painted");
        var address = (await run.LineAsync("^dashboard: (.*)$")).Groups[1].Value;
        await run.LineAsync("2 workers now");
        await page.GotoAsync(address);
        await UntilAsync(page, "performance.getEntriesByName('first-contentful-paint').length > 0");
        var paint = await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"first contentful paint after {paint:0} ms, of a run that trains"));
        Assert.True(paint > 0);
        run.Interrupt();
        await run.ExitAsync(0);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Playwright's own wait makes a function of a text inside the page, which the page's security policy forbids.</summary>
    private static async Task UntilAsync(IPage page, string condition)
    {
        using var limit = new CancellationTokenSource(Patience.Limit);
        while (!await page.EvaluateAsync<bool>(condition))
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"never so on the page: {condition}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        }
    }

    private static Task<int> PointsAsync(IPage page) => page.EvaluateAsync<int>("+document.querySelector('#loss-chart path.curve.pale[data-points]').dataset.points");

    private static async Task ShootAsync(IPage page, string name, [CallerFilePath] string here = "")
    {
        var rewrites = Environment.GetEnvironmentVariable("DISTRIBUTED_REWRITE") == "1";
        var folder = rewrites ? Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "images") : Path.GetTempPath();
        var path = Path.Combine(folder, rewrites ? $"{name}.png" : $"{Guid.NewGuid():N}.png");
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = path, FullPage = true });
        Assert.True(new FileInfo(path).Length > 10_000);
        if (!rewrites) File.Delete(path);
    }
}
