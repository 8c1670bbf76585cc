using CsCheck;
using SoftPerm.TestKit;
using SoftPerm.Training.Runs;
using SoftPerm.Training.Tests.Common;
using Xunit;

namespace SoftPerm.Training.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_created_run_opens_again_with_its_config()
    {
        var config = new Config("mnist", 5, 1e-3, Method.NeuralSort, double.PositiveInfinity);
        RunFolder.Create(folder.At("a", "run")).WriteConfig(config);
        var run = RunFolder.Open(folder.At("a", "run"));
        Assert.Equal(config, run.ReadConfig<Config>());
        Assert.Equal(folder.At("a", "run"), run.Path);
        Assert.Equal(folder.At("a", "run", "tensorboard"), run.TensorBoardDirectory);
        Assert.Equal([folder.At("a", "run", "config.json")], Directory.GetFileSystemEntries(run.Path));
    }

    [Fact]
    public void The_config_is_text_for_people()
    {
        New().WriteConfig(new Config("é", 5, 0.1, Method.SoftSort, double.NaN));
        Assert.Equal(
            "{\n  \"dataset\": \"é\",\n  \"items\": 5,\n  \"learningRate\": 0.1,\n  \"method\": \"softSort\",\n  \"limit\": \"NaN\"\n}\n",
            File.ReadAllText(folder.At("run", "config.json")));
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("metrics.csv")]
    [InlineData("result.json")]
    public void A_folder_that_holds_a_run_is_not_created_over(string file)
    {
        File.WriteAllText(folder.At(file), "{}");
        var e = Assert.Throws<UserErrorException>(() => RunFolder.Create(folder.Path));
        Assert.Contains(folder.Path, e.Message);
        Assert.Contains(file, e.Message);
    }

    [Fact]
    public void A_run_cannot_be_created_inside_a_file()
    {
        File.WriteAllText(folder.At("file"), "");
        Assert.Contains(folder.At("file"), Assert.Throws<UserErrorException>(() => RunFolder.Create(folder.At("file"))).Message);
        Assert.Contains(folder.At("file", "run"), Assert.Throws<UserErrorException>(() => RunFolder.Create(folder.At("file", "run"))).Message);
    }

    [Fact]
    public void A_run_cannot_be_created_on_a_read_only_disk()
    {
        using var disk = new SmallDisk();
        disk.MakeReadOnly();
        var message = Assert.Throws<UserErrorException>(() => RunFolder.Create(disk.Path)).Message;
        Assert.Contains("Read-only file system", message);
        Assert.DoesNotContain(".probe", message);
        Assert.Throws<UserErrorException>(() => RunFolder.Create(Path.Join(disk.Path, "run")));
    }

    [Fact]
    public void A_folder_without_config_is_no_run()
    {
        Assert.Contains("config.json", Assert.Throws<UserErrorException>(() => RunFolder.Open(folder.Path)).Message);
        Assert.Throws<UserErrorException>(() => RunFolder.Open(folder.At("missing")));
    }

    [Theory]
    [InlineData("", "is not a valid Config")]
    [InlineData("{\"dataset\": \"mnist\"", "is not a valid Config")]
    [InlineData("{\"dataset\": \"mnist\"}", "items")]
    [InlineData("{\"dataset\":\"mnist\",\"items\":5,\"learningRate\":1,\"method\":\"bubbleSort\",\"limit\":1}", "$.method")]
    [InlineData("null", "null")]
    public void A_config_that_is_not_one_is_refused_with_its_path_and_reason(string text, string reason)
    {
        var run = New();
        File.WriteAllText(folder.At("run", "config.json"), text);
        var message = Assert.Throws<UserErrorException>(() => run.ReadConfig<Config>()).Message;
        Assert.Contains(folder.At("run", "config.json"), message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void A_result_is_absent_until_written_and_is_replaced()
    {
        var run = New();
        Assert.Null(run.ReadResult<Result>());
        run.WriteResult(new Result(.5));
        run.WriteResult(new Result(.1 + .2));
        Assert.Equal(new Result(.1 + .2), run.ReadResult<Result>());
    }

    [Fact]
    public void Metrics_read_back_to_the_same_bits() =>
        (from step in Gen.Long[0, long.MaxValue]
         from v in Gen.Double.Array[5]
         from validated in Gen.Bool
         from w in Gen.Double.Array[3]
         select new MetricRow(step, v[0], v[1], SortMetrics.Of(v[2], v[3], v[4]), validated ? SortMetrics.Of(w[0], w[1], w[2]) : null))
        .Sample(row => ReadBack(row) == row && Bits(ReadBack(row)).SequenceEqual(Bits(row)), iter: 2000, threads: 1);

    private static MetricRow ReadBack(MetricRow row) => MetricsCsv.Under(MetricsCsv.For(row).Header)!.Parse(MetricsCsv.For(row).Format(row));

    [Fact]
    public void Metrics_are_lines_under_a_header()
    {
        var run = New();
        Assert.Empty(run.ReadMetrics());
        run.AppendMetrics(new MetricRow(10, 1e-3, 1, SortMetrics.Of(.1 + .2, .5, double.NaN), null));
        run.AppendMetrics(new MetricRow(20, 1e-3, 1, SortMetrics.Of(-0.0, .5, .25), SortMetrics.Of(1.5, .75, .5)));
        Assert.Equal(
            "step,learning_rate,temperature,loss,rank_accuracy,permutation_accuracy,validation_loss,validation_rank_accuracy,validation_permutation_accuracy\n" +
            "10,0.001,1,0.30000000000000004,0.5,NaN,,,\n" +
            "20,0.001,1,-0,0.5,0.25,1.5,0.75,0.5\n",
            File.ReadAllText(folder.At("run", "metrics.csv")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(6)]
    public void A_resumed_run_ends_with_the_metrics_of_an_uninterrupted_one(int checkpoint)
    {
        const int steps = 6, stride = 9;
        var run = New();
        for (var step = 1; step <= steps; step++) run.AppendMetrics(Row(step));
        var expected = File.ReadAllText(folder.At("run", "metrics.csv"));

        // The first process may have died anywhere after the checkpoint's row, in the middle of a line too.
        var earliest = string.Join('\n', expected.Split('\n')[..(checkpoint + 1)]).Length + 1;
        for (var length = earliest; length <= expected.Length; length += stride)
        {
            File.WriteAllText(folder.At("run", "metrics.csv"), expected[..length]);
            run.KeepMetricsUpTo(checkpoint);
            Assert.Equal(checkpoint, run.ReadMetrics().Count);
            for (var step = checkpoint + 1; step <= steps; step++) run.AppendMetrics(Row(step));
            Assert.Equal(expected, File.ReadAllText(folder.At("run", "metrics.csv")));
        }
    }

    [Fact]
    public void A_half_written_header_counts_as_no_metrics()
    {
        var run = New();
        File.WriteAllText(folder.At("run", "metrics.csv"), MetricsCsv.For(Row(1)).Header[..20]);
        Assert.Empty(run.ReadMetrics());
        run.KeepMetricsUpTo(0);
        run.AppendMetrics(Row(1));
        Assert.Equal([Row(1)], run.ReadMetrics());
    }

    [Fact]
    public void A_number_cut_short_is_not_read_as_a_smaller_one()
    {
        var run = New();
        run.AppendMetrics(Row(1));
        File.AppendAllText(folder.At("run", "metrics.csv"), "2,0.1,1,1,1,1,,,0.1"); // was to be 0.1234
        Assert.Equal([Row(1)], run.ReadMetrics());
    }

    [Fact]
    public void A_run_without_metrics_keeps_none()
    {
        New().KeepMetricsUpTo(5);
        Assert.False(File.Exists(folder.At("run", "metrics.csv")));
    }

    [Theory]
    [InlineData("1,2,3", "3 fields")]
    [InlineData("1,x,1,1,1,1,,,", "'x'")]
    [InlineData("99999999999999999999,1,1,1,1,1,,,", "Int64")]
    public void A_line_that_is_no_row_is_refused_with_its_number(string line, string reason)
    {
        var run = New();
        run.AppendMetrics(Row(1));
        File.AppendAllText(folder.At("run", "metrics.csv"), line + "\n");
        run.AppendMetrics(Row(2));
        var message = Assert.Throws<UserErrorException>(() => run.ReadMetrics()).Message;
        Assert.Contains($"metrics.csv', line 3: '{line}'", message);
        Assert.Contains(reason, message);
    }

    [Fact]
    public void Another_header_is_refused()
    {
        var run = New();
        File.WriteAllText(folder.At("run", "metrics.csv"), "step,loss\n");
        Assert.Contains("'step,loss'", Assert.Throws<UserErrorException>(() => run.ReadMetrics()).Message);
    }

    [Fact]
    public void A_full_disk_is_named_when_metrics_are_written()
    {
        using var disk = new SmallDisk();
        var run = RunFolder.Create(disk.Path);
        run.AppendMetrics(Row(1));
        var filler = Path.Join(disk.Path, "filler");
        Assert.ThrowsAny<IOException>(() => File.WriteAllBytes(filler, new byte[2_000_000]));
        var e = Assert.Throws<UserErrorException>(() =>
        {
            for (var step = 2; step < 100; step++) run.AppendMetrics(Row(step)); // the last page of the file has some room left
        });
        Assert.Contains("metrics.csv", e.Message);
        Assert.Contains("No space left on device", e.Message);
        Assert.NotEmpty(run.ReadMetrics());
    }

    private RunFolder New() => RunFolder.Create(folder.At("run"));

    private static MetricRow Row(int step) => step % 2 == 0
        ? new(step, 1e-3 / step, 1, SortMetrics.Of(Math.Sqrt(step), 1.0 / step, 0), null)
        : new(step, 1e-3 / step, 1, SortMetrics.Of(Math.Sqrt(step), 1.0 / step, 0), SortMetrics.Of(Math.Exp(-step), 1.0 / 3, 0));

    private static IEnumerable<long> Bits(MetricRow r) =>
        new[] { r.LearningRate, r.Temperature }.Concat(Values(r.Training)).Concat(r.Validation is { } validation ? Values(validation) : [])
            .Select(v => double.IsNaN(v) ? -1 : BitConverter.DoubleToInt64Bits(v));

    private static IEnumerable<double> Values(Metrics outcome) => outcome.Measures.Select(m => m.Value).Prepend(outcome.Loss);

    internal enum Method
    {
        NeuralSort,
        SoftSort,
    }

    internal sealed record Config(string Dataset, int Items, double LearningRate, Method Method, double Limit);

    internal sealed record Result(double Accuracy);
}
