namespace SoftPerm.Benchmarks.Ratios;

/// <summary>Measures a group.</summary>
/// <param name="effort">How long to time each case.</param>
/// <param name="threads">libtorch's threads, here and where memory is measured.</param>
/// <param name="progress">Told what is being measured.</param>
internal sealed class GroupRunner(Effort effort, int threads, TextWriter progress)
{
    /// <summary>Measures all cases, and memory after time.</summary>
    public GroupResult Run(Group group)
    {
        var environment = BenchmarkEnvironment.Capture();
        var results = group.Cases.Select(c => Run(group.Name, c)).ToArray();
        var checks = group.Cases.Zip(results, Ratios).SelectMany(r => r).Concat(group.Conclude?.Invoke(results) ?? []);
        return new(group.Name, group.Title, environment, results, [.. checks]);
    }

    private CaseResult Run(string group, Case @case)
    {
        progress.WriteLine($"{group}: {@case.Name}");
        var times = Time(@case);
        var measurements = @case.Methods.Zip(times, (method, milliseconds) =>
            Statistics.Summary(method.Name, milliseconds, MemoryCommand.InFreshProcess(group, @case.Name, method.Name, threads)));
        return new(@case.Name, @case.Batch, @case.Items, [.. measurements], @case.Note);
    }

    private IReadOnlyList<IReadOnlyList<double>> Time(Case @case)
    {
        using var inputs = new Inputs(@case.Batch, @case.Items);
        return InterleavedTimer.Time([.. @case.Methods.Select<Method, Action>(m => () => m.Step(inputs))], effort);
    }

    private static IEnumerable<Check> Ratios(Case @case, CaseResult result) =>
        from goal in @case.Goals
        let ratio = result.Find(goal.Numerator)!.Median / result.Find(goal.Denominator)!.Median
        select new Check(@case.Name, $"{goal.Numerator} ÷ {goal.Denominator}", ratio, goal.Target);
}
