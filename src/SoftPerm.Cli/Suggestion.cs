using System.CommandLine;

namespace SoftPerm.Cli;

/// <summary>What a word that nobody knows was meant to be.</summary>
internal static class Suggestion
{
    /// <summary>The subcommand or option that is spelt most like a word; null where none is alike.</summary>
    /// <param name="word">What was typed; of <c>--name=value</c> the name counts.</param>
    /// <param name="command">The command it was typed to.</param>
    public static string? For(string word, Command command)
    {
        var name = word.Split('=')[0];
        var known = name.StartsWith('-')
            ? Lineage(command).SelectMany(c => c.Options.Where(option => c == command || option.Recursive)).Select(option => option.Name)
            : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name);
        return Among(name, known);
    }

    /// <summary>The name that is spelt most like a word; null where none is alike.</summary>
    public static string? Among(string name, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (Name: candidate, Distance: Distance(name, candidate))).DefaultIfEmpty((Name: "", Distance: int.MaxValue)).MinBy(c => c.Distance);
        return nearest.Distance <= Math.Max(1, name.TrimStart('-').Length / 3) ? nearest.Name : null;
    }

    private static IEnumerable<Command> Lineage(Command command) =>
        command.Parents.OfType<Command>().SelectMany(Lineage).Prepend(command);

    /// <summary>The fewest letters to leave out, put in, replace, or swap with their neighbour (optimal string alignment).</summary>
    internal static int Distance(string one, string other)
    {
        var table = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    table[i, j] = i + j;
                    continue;
                }

                var replaced = table[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, 1 + Math.Min(table[i - 1, j], table[i, j - 1]));
                if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
                    table[i, j] = Math.Min(table[i, j], 1 + table[i - 2, j - 2]);
            }
        }

        return table[one.Length, other.Length];
    }
}
