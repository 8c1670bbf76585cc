using SoftPerm.Training;
using SoftPerm.Training.Tests.Common;
using Spectre.Console;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ProgressDisplayTests : IDisposable
{
    private readonly StringWriter output = new() { NewLine = "\n" };

    public void Dispose() => output.Dispose();

    [Fact]
    public void A_plain_line_says_everything()
    {
        using (var progress = new PlainProgress(output, new Clock())) progress.Report(At(1200));
        Assert.Equal(
            "step 1,200/10,000 (12 %)  loss 0.5000  rank accuracy 0.875  permutation accuracy 0.625  1,234 images/s  01:05 elapsed  3:02:01 left  best validation: rank accuracy 0.938  permutation accuracy 0.750\n",
            $"{output}");
    }

    [Fact]
    public void A_plain_line_says_what_lists_its_figures_are_of()
    {
        using (var progress = new PlainProgress(output, new Clock())) progress.Report(At(1200) with { Lengths = new ListLengths(50, 5) });
        Assert.Contains("permutation accuracy 0.625  (accuracies on lists of 5, loss on 50)  1,234 images/s", $"{output}", StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_lines_come_every_ten_seconds_and_the_last_always()
    {
        var clock = new Clock();
        using (var progress = new PlainProgress(output, clock))
        {
            for (var second = 0; second <= 25; second++)
            {
                progress.Report(At(second));
                clock.Now += TimeSpan.FromSeconds(1);
            }
        }

        Assert.Equal(["step 0/", "step 10/", "step 20/", "step 25/"], Lines().Select(line => line[..(line.IndexOf('/') + 1)]));
    }

    [Fact]
    public void A_report_already_shown_is_not_shown_again_at_the_end()
    {
        using (var progress = new PlainProgress(output, new Clock())) progress.Report(At(1));
        Assert.Single(Lines());
    }

    [Fact]
    public void Plain_messages_are_shown_at_once_and_as_they_stand()
    {
        using var progress = new PlainProgress(output, new Clock());
        progress.Report(new NoteProgress("saved [best] {0}"));
        Assert.Equal("saved [best] {0}\n", $"{output}");
    }

    [Fact]
    public void Nothing_reported_is_nothing_shown()
    {
        new PlainProgress(output, new Clock()).Dispose();
        Assert.Empty($"{output}");
    }

    [Fact]
    public void The_live_display_ends_with_the_last_report_below_every_message()
    {
        using (var progress = new LiveProgress(Terminal()))
        {
            for (var step = 1; step <= 10_000; step++) progress.Report(At(step));
            progress.Report(new NoteProgress("first [message]"));
            progress.Report(new NoteProgress("second message"));
        }

        var text = $"{output}";
        Assert.Contains("10,000 of 10,000", text);
        foreach (var shown in new[] { "0.5000", "87.5 %", "62.5 %", "1,234", "01:05", "3:02:01", "93.8 %", "75.0 %" }) Assert.Contains(shown, text);
        Assert.True(text.IndexOf("first [message]", StringComparison.Ordinal) < text.IndexOf("second message", StringComparison.Ordinal));
        Assert.True(text.IndexOf("second message", StringComparison.Ordinal) < text.LastIndexOf("10,000 of 10,000", StringComparison.Ordinal));
        Assert.True(text.Split("10,000 of 10,000").Length < 10, "the display is throttled");
    }

    [Theory]
    [InlineData(40, true)]
    [InlineData(40, false)]
    [InlineData(60, false)]
    [InlineData(90, false)]
    [InlineData(200, true)]
    public void The_live_display_loses_no_figure_and_breaks_no_line_at_any_width(int columns, bool unicode)
    {
        var console = Terminal();
        console.Profile.Width = columns;
        console.Profile.Capabilities.ColorSystem = ColorSystem.NoColors; // as under NO_COLOR
        console.Write(LiveFigures.Picture(At(2500) with { Lengths = new ListLengths(50, 5) }, columns, unicode));
        var lines = Lines().Select(line => line.TrimEnd()).ToArray();
        Assert.All(lines, line => Assert.InRange(line.Length, 1, columns));
        var text = string.Join('\n', lines);
        foreach (var shown in new[] { "2,500 of 10,000", "25 %", "0.5000", "1,234", "01:05", "3:02:01", "(accuracies on lists of 5, loss on 50)" }) Assert.Contains(shown, text);
        foreach (var figure in new[] { "step", "rank accuracy +87.5 %", "best validation +93.8 %", "permutation accuracy +62.5 %", "best validation +75.0 %" }) Assert.Matches(figure, text);
        var bar = lines[0];
        Assert.Equal(Math.Min(60, columns - 1), bar.Length);
        Assert.Equal(bar.Length / 4.0, bar.Count(c => c == (unicode ? '█' : '#')), 0.51); // a quarter is done, in shape and not in colour alone
    }

    [Fact]
    public void The_live_display_ends_well_without_a_report()
    {
        new LiveProgress(Terminal()).Dispose();
        Assert.EndsWith("\e[?25h", $"{output}"); // the cursor is visible again
    }

    [Theory]
    [InlineData(0, "00:00")]
    [InlineData(59.9, "00:59")]
    [InlineData(3600, "1:00:00")]
    [InlineData(90061, "25:01:01")]
    public void Times_are_read_at_a_glance(double seconds, string text) => Assert.Equal(text, ProgressDisplay.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Where_output_is_redirected_progress_is_plain()
    {
        Assert.SkipUnless(Console.IsOutputRedirected, "The tests run in a terminal.");
        using var progress = ProgressDisplay.Create();
        Assert.IsType<PlainProgress>(progress);
    }

    private IAnsiConsole Terminal()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 90;
        return console;
    }

    private string[] Lines() => $"{output}".Split('\n')[..^1];

    private static StepProgress At(long step) => new(step, 10_000, SortMetrics.Of(.5, .875, .625), 1234.4, new TimeSpan(0, 1, 5), new TimeSpan(3, 2, 1), SortMetrics.Of(.4, .9375, .75));

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; } = TimeSpan.FromDays(1);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
