using System.CommandLine;
using SoftPerm.Experiments;

namespace SoftPerm.Cli;

/// <summary>The whole command tree, and the one place that turns exceptions into exit codes.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new("SoftPerm: train through a sort.");

    public static int Run(string[] args)
    {
        try
        {
            return Create().Parse(args).Invoke();
        }
        catch (UserErrorException e)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }
}
