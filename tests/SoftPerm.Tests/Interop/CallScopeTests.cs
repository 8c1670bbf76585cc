using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Interop;

public sealed class CallScopeTests
{
    /// <summary>Where nothing held it, the generator was collected within a second: as soon as the estimator was compiled with optimizations.</summary>
    [Fact]
    public void What_a_call_was_given_lives_until_it_returns()
    {
        using var scope = NewDisposeScope();
        var distribution = new PlackettLuce(zeros(3));
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(3)) Assert.True(GeneratorLives(distribution));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool GeneratorLives(PlackettLuce distribution)
    {
        using var scope = NewDisposeScope();
        var (given, lives) = (new WeakReference(null), false);
        _ = new ScoreFunctionEstimator().Surrogate(distribution, permutation =>
        {
            GC.Collect();
            lives = given.IsAlive;
            return permutation.TopK(1).select(-1, 0);
        }, 2, Made(given));
        return lives;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Generator Made(WeakReference noted)
    {
        var generator = new Generator(1);
        noted.Target = generator;
        return generator;
    }
}
