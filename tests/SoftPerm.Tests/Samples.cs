using System.Reflection;
using System.Text;

namespace SoftPerm.Tests;

/// <summary>Runs a program of the samples folder in this process.</summary>
internal static class Samples
{
    private static readonly Lock Console = new();

    /// <summary>Runs a sample.</summary>
    /// <returns>The lines it printed.</returns>
    public static string[] Run(string name)
    {
        lock (Console) // the console's output is one for the whole process
        {
            var output = new StringBuilder();
            var console = System.Console.Out;
            using var writer = new StringWriter(output);
            System.Console.SetOut(writer);
            try
            {
                Assembly.Load(name).EntryPoint!.Invoke(null, [Array.Empty<string>()]);
            }
            finally
            {
                System.Console.SetOut(console);
            }

            return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}
