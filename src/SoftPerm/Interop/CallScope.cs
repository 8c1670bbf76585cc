namespace SoftPerm.Interop;

/// <summary>The dispose scope of a call, which also keeps from being finalized what the call was given.</summary>
/// <remarks>
/// <para>A tensor's or generator's handle is raw: where its owner is used no more, a collection may free it in the middle of the operation
/// that reads it last. Tensors made in the scope are held by it.</para>
/// <para><b>Until.</b> TorchSharp keeps what owns a handle alive while native code reads it; a dispose scope alone will do then.</para>
/// </remarks>
internal readonly struct CallScope(params object?[] arguments) : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    /// <inheritdoc/>
    public void Dispose()
    {
        scope.Dispose();
        GC.KeepAlive(arguments);
    }
}
