using System.CommandLine;
using SoftPerm.Benchmarks.Ratios;
using SoftPerm.Training;

namespace SoftPerm.Benchmarks;

internal static class Program
{
    private static int Main(string[] args)
    {
        var root = new RootCommand("Measures SoftPerm.") { new RatiosCommand(), new AgainstCommand(), new MemoryCommand(), new KernelsCommand() };
        try
        {
            return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UserErrorException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
