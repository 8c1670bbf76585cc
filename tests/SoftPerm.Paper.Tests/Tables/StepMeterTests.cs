using SoftPerm.Paper.Tables;
using SoftPerm.Paper.Tasks.Sorting;
using SoftPerm.Paper.Tests.Tasks;
using SoftPerm.Training;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Paper.Tests.Tables;

/// <summary>Steps for a time, by a clock that only the tasks move.</summary>
public sealed class StepMeterTests
{
    private static readonly SortConfig Config = new() { Digits = 1, Items = 3, TrainItems = 3, Sequences = 1, Network = "small", ValidationSequences = 2, Threads = 1 };
    private TimeSpan now;

    [Fact]
    public void Steps_and_eight_validations_fill_the_time()
    {
        // 600 s = 8 validations of 2.5 s and 5,800 steps of 0.1 s, which are 8 stretches of 720.
        Assert.Equal(new StepBudget(5760, 720), Assert.Single(Budgets(600, new Paced(step: 0.1, validation: 2.5))));
    }

    [Fact]
    public void A_task_of_half_the_cost_has_twice_the_steps()
    {
        var budgets = Budgets(600, new Paced(0.1, 0), new Paced(0.05, 0));
        Assert.Equal([6000L, 12000L], budgets.Select(b => b.Steps));
    }

    [Fact]
    public void A_machine_that_grows_slower_slows_all_tasks_alike()
    {
        var budgets = Budgets(600, new Paced(0.1, 0, slowdown: 1.02), new Paced(0.1, 0, slowdown: 1.02), new Paced(0.1, 0, slowdown: 1.02));
        Assert.InRange(budgets[0].Steps, 80, 5900); // it did grow slower
        Assert.All(budgets, b => Assert.Equal(budgets[0], b));
    }

    [Fact]
    public void Measuring_stops_when_told()
    {
        using var meter = new StepMeter(Config, Config.CreateTask(SmallRuns.Digits));
        Assert.Null(StepMeter.Measure([meter], TimeSpan.FromDays(1), new CancellationToken(canceled: true)));
    }

    private IReadOnlyList<StepBudget> Budgets(double seconds, params Paced[] paces)
    {
        var meters = paces.Select(pace => new StepMeter(Config, new PacedTask(this, pace), () => now)).ToArray();
        try
        {
            return StepMeter.Measure(meters, TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken)!;
        }
        finally
        {
            foreach (var meter in meters) meter.Dispose();
        }
    }

    /// <summary>The seconds of a task's steps and validation; each step takes so many times the one before.</summary>
    private sealed record Paced(double step, double validation, double slowdown = 1);

    /// <summary>The smallest task, with times as told.</summary>
    private sealed class PacedTask(StepMeterTests test, Paced pace) : ITrainingTask
    {
        private readonly ITrainingTask task = Config.CreateTask(SmallRuns.Digits);
        private double seconds = pace.step;

        public nn.Module Network => task.Network;

        public int ItemsPerStep => task.ItemsPerStep;

        public Optimizer CreateOptimizer() => task.CreateOptimizer();

        public void Begin(long firstStep) => task.Begin(firstStep);

        public StepLoss Forward(double temperature, Generator noise)
        {
            test.now += TimeSpan.FromSeconds(seconds);
            seconds *= pace.slowdown;
            return task.Forward(temperature, noise);
        }

        public Metrics Validate(double temperature, CancellationToken cancellationToken)
        {
            test.now += TimeSpan.FromSeconds(pace.validation);
            return task.Validate(temperature, cancellationToken);
        }

        public bool IsBetter(Metrics one, Metrics other) => task.IsBetter(one, other);

        public void Dispose() => task.Dispose();
    }
}
