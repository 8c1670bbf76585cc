using System.Text;
using SoftPerm.TestKit;

namespace SoftPerm.Tests.Hostile;

/// <summary>Walks the cases of a variant and gathers what does not hold, by kind.</summary>
internal static class Failures
{
    /// <summary>Checks a claim on every case and member.</summary>
    /// <param name="variant">Whose cases.</param>
    /// <param name="claim">What is wrong with a case and member: a kind and the numbers seen.</param>
    /// <exception cref="MismatchException">Something is wrong; says for each kind how often, and with which numbers.</exception>
    public static void Check(string variant, Func<HostileCase, HostileMember, IEnumerable<Wrong>> claim)
    {
        var found = new List<(string Kind, string Text)>();
        foreach (var given in HostileCase.Of(variant))
        {
            foreach (var member in given.Members)
                found.AddRange(Seen(given, member, claim).Select(wrong => ($"{member.Name}: {wrong.Kind}", $"    {(wrong.Row is { } row ? given.Shown(row) : given)}\n    seen: {wrong.Seen}")));
        }

        if (found.Count == 0) return;
        var text = new StringBuilder($"{found.Count} failures\n");
        foreach (var kind in found.GroupBy(wrong => wrong.Kind).OrderByDescending(kind => kind.Count()))
        {
            text.AppendLine($"  {kind.Key}: {kind.Count()} times");
            text.AppendLine(kind.MinBy(wrong => wrong.Text.Length).Text);
        }

        throw new MismatchException(text.ToString());
    }

    /// <summary>What is wrong; an exception is, whatever its kind: the arguments are right.</summary>
    private static Wrong[] Seen(
        HostileCase given, HostileMember member, Func<HostileCase, HostileMember, IEnumerable<Wrong>> claim)
    {
        try
        {
            return [.. claim(given, member)];
        }
        catch (Exception thrown) when (thrown is ArgumentException or InvalidOperationException or ArithmeticException or System.Runtime.InteropServices.ExternalException or IndexOutOfRangeException)
        {
            return [new($"throws {thrown.GetType().Name}", null, thrown.Message.Split('\n')[0] + thrown.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("SoftPerm.")))];
        }
    }
}

/// <summary>Something that does not hold.</summary>
/// <param name="Kind">What.</param>
/// <param name="Row">Of which row; null for all.</param>
/// <param name="Seen">The numbers.</param>
internal sealed record Wrong(string Kind, int? Row, string Seen);
