namespace SoftPerm.Tests.Architecture.Planted;

internal abstract class ByBase : HighBase;

internal sealed class ByInterface : IHigh;

[High]
internal static class ByAttribute;

internal static class ByField
{
    public static readonly HighGeneric<int>.Inner[] Field = [];
}

internal static class ByArgument
{
    public static IEnumerable<HighGeneric<IHigh>>? Argument(List<HighBase>? bases) => bases is null ? null : [];
}

internal static class ByLambda
{
    public static Func<int> Counter(int more) => () => HighCalled.Count() + more;
}

internal static class ByIterator
{
    public static IEnumerable<int> Counts()
    {
        yield return HighCalled.Count();
    }
}

internal static class ByCatch
{
    public static bool Fails(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (HighFailure)
        {
            return true;
        }
    }
}

/// <summary>Names <see cref="HighUnused"/> without a use.</summary>
internal static class ByWord
{
    public const string Text = "class HighUnused";
}
