using System.Text;
using Xunit;

namespace SoftPerm.Cli.Tests;

public sealed class ApplySourcesTests : IDisposable
{
    private readonly Tool tool = new();

    public void Dispose() => tool.Dispose();

    [Theory]
    [InlineData("[0.3, 2, -1]")]
    [InlineData("0.3\n2\n-1\n")]
    [InlineData("score\n0.3\n2\n-1\n")]
    [InlineData("0.3,2,-1")]
    public void Scores_come_from_the_standard_input_as_from_a_file(string input)
    {
        var piped = Tool.RunOn(Encoding.UTF8.GetBytes(input), "apply", "neural-sort", "--scores", "-", "--temperature", "1");
        Assert.Equal(tool.Apply("[0.3, 2, -1]"), piped);
    }

    [Fact]
    public void Any_array_may_come_from_the_standard_input_but_one_alone()
    {
        var scores = tool.Text("scores.json", "[0.3, 2, -1]");
        var masked = Tool.RunOn("[1, 0, 1]"u8.ToArray(), "apply", "neural-sort", "--scores", scores, "--temperature", "1", "--mask", "-");
        Assert.Equal([0, 2, 1], masked.Numbers("order"));
        Tool.Refuses(Tool.RunOn("[1, 0, 1]"u8.ToArray(), "apply", "neural-sort", "--scores", "-", "--temperature", "1", "--mask", "-"), "-, the standard input, is named for several arrays; it holds one.");
        Tool.Refuses(Tool.RunOn([], "apply", "neural-sort", "--scores", "-", "--temperature", "1"), "the standard input is empty");
    }

    [Fact]
    public void The_process_reads_its_own_standard_input()
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(
            "dotnet", [typeof(CommandLine).Assembly.Location, "apply", "permutahedron", "--scores", "-", "--temperature", "1"])
        { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write("score\n3\n1\n2\n");
        process.StandardInput.Close();
        Assert.Equal("""{"order":[0,2,1],"ranks":[0,2,1],"sorted":[3,2,1]}""", process.StandardOutput.ReadToEnd().TrimEnd());
    }

    [Fact]
    public void Arrays_of_integers_and_of_half_precision_are_read_as_their_values()
    {
        foreach (var (descriptor, bytes) in new (string, byte[])[]
        {
            ("<i2", [3, 0, 1, 0, 2, 0]), ("|u1", [3, 1, 2]), ("<f2", [0x00, 0x42, 0x00, 0x3C, 0x00, 0x40]),
        })
        {
            var header = Encoding.ASCII.GetBytes($"{{'descr': '{descriptor}', 'fortran_order': False, 'shape': (3,), }}\n");
            File.WriteAllBytes(tool["scores.npy"], [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. header, .. bytes]);
            Assert.Equal(tool.Apply("[3, 1, 2]").Output, Tool.Run("apply", "neural-sort", "--scores", tool["scores.npy"], "--temperature", "1").Output);
        }
    }

    [Fact]
    public void A_result_in_a_folder_that_is_not_there_is_told_by_the_name_given()
    {
        var outcome = tool.Apply("[1, 2]", "--out", Path.Combine(tool.Text("file", ""), "a.npz"));
        Tool.Refuses(outcome, "the folder");
        Assert.DoesNotContain("partial", outcome.Error, StringComparison.Ordinal);
    }
}
