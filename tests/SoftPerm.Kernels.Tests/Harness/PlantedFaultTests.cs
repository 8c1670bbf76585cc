using System.Diagnostics;
using System.Runtime.CompilerServices;
using SoftPerm.Kernels.Numerics;
using Xunit;

namespace SoftPerm.Kernels.Tests.Harness;

/// <summary>Kernels that do something wrong on purpose do not pass.</summary>
public sealed class PlantedFaultTests
{
    private const string Child = "SOFTPERM_PLANT_BEYOND_GUARD"; // asks the test that dies to do so

    /// <summary>What a double of a kernel may do wrong, by name.</summary>
    private static readonly Dictionary<string, Func<Member<double>, Member<double>>> Faults = new()
    {
        ["writes one behind the result"] = m => m with { Forward = (y, tape) => Then(m.Forward(y, tape), () => Beside(y, (int)y.Length) = 7) },
        ["writes one before the result"] = m => m with { Forward = (y, tape) => Then(m.Forward(y, tape), () => Beside(y, -1) = 7) },
        ["writes one behind the score gradient"] = m => m with { Backward = (tape, g, to) => { m.Backward!(tape, g, to); if (to.Scores.IsWanted) Beside(to.Scores.Data, (int)to.Scores.Data.Length) = 7; } },
        ["writes one before the temperature gradient"] = m => m with { Backward = (tape, g, to) => { m.Backward!(tape, g, to); if (!to.Temperatures.IsEmpty) Beside(to.Temperatures, -1) = 7; } },
        ["writes into the upstream gradient"] = m => m with { Backward = (tape, g, to) => { m.Backward!(tape, g, to); g[0] += 1; } },
        ["forgets the last entry of the result"] = m => m with { Forward = (y, tape) => { var last = y[y.Length - 1]; return Then(m.Forward(y, tape), () => y[y.Length - 1] = last); } },
        ["is off by a millionth"] = m => m with { Forward = (y, tape) => Then(m.Forward(y, tape), () => y[0] += 1e-6) },
        ["has a score gradient off by a millionth"] = m => m with { Backward = (tape, g, to) => { m.Backward!(tape, g, to); if (to.Scores.IsWanted) to.Scores.Data[0] += 1e-6; } },
        ["has a temperature gradient off by a millionth"] = m => m with { Backward = (tape, g, to) => { m.Backward!(tape, g, to); if (!to.Temperatures.IsEmpty) to.Temperatures[0] += 1e-6; } },
        ["sets gradients instead of adding them"] = m => m with { Backward = (tape, g, to) => { if (to.Scores.IsWanted) to.Scores.Clear(); m.Backward!(tape, g, to); } },
        ["leaves a tape that nobody asked for"] = m => m with { Forward = (y, tape) => m.Forward(y, true) },
    };

    public static TheoryData<string> Names { get; } = [.. Faults.Keys];

    private static SortCase Case => new SortCase(5, 3, 2, 1).Draw();

    [Fact]
    public void Without_a_fault_the_case_passes() => Check(null, guardAfter: true);

    /// <summary>A write past an end is seen on the side where it meets no guard; what else is wrong, on either.</summary>
    [Theory, MemberData(nameof(Names))]
    public void A_fault_is_seen(string name)
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "There is no mmap on Windows.");
        var thrown = Record.Exception(() => Check(Faults[name], guardAfter: name.Contains("before", StringComparison.Ordinal)));
        Assert.NotNull(thrown);
        Assert.Contains("NeuralSort", thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>Beyond the guard the process dies: this test is run again in another one, with the fault.</summary>
    [Theory, InlineData("writes one behind the result", true), InlineData("writes one before the result", false), InlineData("reads one behind the result", true)]
    public async Task A_step_onto_the_guard_page_kills_the_process(string name, bool guardAfter)
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows(), "There is no mmap on Windows.");
        if (Environment.GetEnvironmentVariable(Child) is { } planted)
        {
            if (planted == name) Check(Faults.GetValueOrDefault(name, m => m with { Forward = (y, tape) => Then(m.Forward(y, tape), () => y[0] += 0 * Beside(y, (int)y.Length)) }), guardAfter);
            return;
        }

        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(PlantedFaultTests).Assembly.Location);
        foreach (var argument in new[] { "-method", $"{typeof(PlantedFaultTests).FullName}.{nameof(A_step_onto_the_guard_page_kills_the_process)}" }) start.ArgumentList.Add(argument);
        start.Environment[Child] = name;
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        var stop = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(stop), errors = process.StandardError.ReadToEndAsync(stop);
        await process.WaitForExitAsync(stop);
        Assert.True(process.ExitCode >= 128, $"The process ended with {process.ExitCode}: {await errors}{await output}"); // by a signal
    }

    private static void Check(Func<Member<double>, Member<double>>? fault, bool guardAfter) =>
        SortHarness<double>.Check(TestedKernel.Named("NeuralSort"), Case with { GuardAfter = guardAfter }, new ErrorMeter(), fault);

    private static IDisposable? Then(IDisposable? tape, Action action)
    {
        action();
        return tape;
    }

    // What no kernel can do by a buffer's own index, which is checked.
    private static ref double Beside(Buffer<double> buffer, int at) => ref Unsafe.Add(ref buffer[0], at);
}
