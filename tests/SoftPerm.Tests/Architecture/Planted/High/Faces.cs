namespace SoftPerm.Tests.Architecture.Planted;

internal abstract class HighBase;

internal interface IHigh;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class HighAttribute : Attribute;

internal sealed class HighGeneric<T>
{
    public static T? Nothing => default;

    public sealed class Inner;
}

internal static class HighCalled
{
    public static int Count() => 0;
}

internal sealed class HighFailure : Exception;

/// <summary>Named by none but comments and texts.</summary>
internal sealed class HighUnused;
