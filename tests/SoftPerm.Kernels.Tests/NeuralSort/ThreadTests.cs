using System.Numerics;
using SoftPerm.Kernels.Tests.Memory;
using Xunit;

namespace SoftPerm.Kernels.Tests.NeuralSort;

/// <summary>How many threads work, and for how many callers, changes no bit of a result.</summary>
public sealed class ThreadTests
{
    public static TheoryData<string> Names { get; } = [.. Operators.Names];

    public static TheoryData<string> SparseNames { get; } = [.. Operators.Names.Where(name => name is not ("dense" or "logarithm"))];

    [Theory, MemberData(nameof(SparseNames))]
    public void Long_sequences_are_the_same_on_any_number_of_threads(string name)
    {
        foreach (var power in new[] { -3, 0, 3 }) Check(name, Operators.Draw<double>("normal", 4 * 2048 + 5, 1, Math.Pow(10, power), 1));
    }

    // Long enough for the parallel radix sort, and for several pieces of places.
    [Fact]
    public void A_very_long_sequence_is_the_same_on_any_number_of_threads() =>
        Check("apply", Operators.Draw<float>("cauchy", 100_003, 1, 1, 1));

    [Theory, MemberData(nameof(Names))]
    public void Batches_are_the_same_on_any_number_of_threads(string name)
    {
        Check(name, Operators.Draw<double>("normal", 100, 50, 0.1, 2));
        Check(name, Operators.Draw<float>("normal", 20, 203, 0.1, 3)); // lanes, the last group not full
    }

    [Theory, MemberData(nameof(Names))]
    public void Two_callers_at_once_get_what_one_gets(string name)
    {
        var first = OnThreads(Operators.Draw<double>("normal", 60, 50, 0.1, 4), 2);
        var second = OnThreads(Operators.Draw<double>("clusters", 50, 60, 0.3, 5), 2);
        Outcome<double> firstAlone = Operators.Run(name, first, 3, 1), secondAlone = Operators.Run(name, second, 3, 2);
        for (var round = 0; round < 5; round++)
        {
            Outcome<double>? firstFound = null, secondFound = null;
            Parallel.Invoke(
                () => firstFound = Operators.Run(name, first, 3, 1),
                () => secondFound = Operators.Run(name, second, 3, 2));
            Outcomes.AssertSame(firstAlone, firstFound!);
            Outcomes.AssertSame(secondAlone, secondFound!);
        }
    }

    private static void Check<T>(string name, Batch<T> batch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var expected = Operators.Run(name, OnThreads(batch, 1), 3, 7);
        Outcomes.AssertSame(expected, Operators.Run(name, OnThreads(batch, 2), 3, 7));
        Outcomes.AssertSame(expected, Operators.Run(name, OnThreads(batch, 4), 3, 7));
    }

    private static Batch<T> OnThreads<T>(Batch<T> batch, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        batch with { Settings = batch.Settings with { Threads = threads }, Memory = new PinnedMemory() };
}
