using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace SoftPerm.Autograd;

/// <summary>Carries an exception of a managed backward past the native engine to whoever asked for gradients.</summary>
/// <remarks>
/// <para>An exception cannot cross native frames, and the native side takes no message. So the node answers with a number of
/// gradients that the engine refuses, and that number is a code for the exception. <c>backward()</c> then throws TorchSharp's
/// <see cref="ExternalException"/>; as it is thrown, it is given the message of the original, which becomes its inner exception.</para>
/// <para>Under <c>torch.autograd.grad</c>, where any native error ends the process, the gradients are NaN instead and an error is
/// left for the check that TorchSharp makes after the call. Should other managed code of the same pass clear it, the original
/// is thrown by the next fused operator on this thread. Not handled: <c>grad</c> on an accelerator, whose engine thread does
/// not tell who called.</para>
/// </remarks>
internal static unsafe class BackwardFailure
{
    private const int FirstCode = 7000, Codes = 1000;
    private const string BeforeCode = "but got ";
    private static readonly Exception?[] Unseen = new Exception?[Codes];
    private static readonly nint* Nothing = (nint*)NativeMemory.AllocZeroed(FirstCode + Codes, (nuint)sizeof(nint));
    private static readonly Lazy<Tensor> Probe = new(() => zeros(1).DetachFromDisposeScope());
    private static int failures;
    private static int listening;

    [ThreadStatic]
    private static int armed; // the code of a failure under grad that nobody has seen

    /// <summary>Keeps an exception and says what the node shall return.</summary>
    /// <param name="exception">What the backward threw.</param>
    /// <param name="notANumber">Makes gradients of NaN.</param>
    public static NativeTensors Report(Exception exception, Func<NativeTensors> notANumber)
    {
        var index = (int)((uint)Interlocked.Increment(ref failures) % Codes);
        try
        {
            Unseen[index] = exception;
            if (Interlocked.Exchange(ref listening, 1) == 0) AppDomain.CurrentDomain.FirstChanceException += Explain;
            if (!UnderGrad()) return new(Nothing, FirstCode + index);
            var result = notANumber();
            armed = FirstCode + index;
            Rearm();
            return result;
        }
        catch (Exception) // out of memory, most likely: let the engine fail
        {
            return new(Nothing, FirstCode + index);
        }
    }

    /// <summary>Leaves the error again, after native calls that may have cleared it.</summary>
    public static void Rearm()
    {
        if (armed != 0) _ = NativeNode.LeaveError(Probe.Value.Handle, armed);
    }

    /// <summary>Throws an exception of an earlier backward on this thread that its caller was not shown.</summary>
    public static void ThrowIfUnseen(FusedBackward backward)
    {
        if (armed == 0) return;
        var original = Interlocked.Exchange(ref Unseen[armed - FirstCode], null);
        armed = 0;
        backward.Release();
        throw new InvalidOperationException($"An earlier gradient is NaN because it failed: {original?.Message}", original);
    }

    // The caller's frames are still there, below those of the engine. TorchSharp's own methods may be inlined and so not appear;
    // its native one cannot be. The innermost call counts: a function may call backward() within grad.
    private static bool UnderGrad()
    {
        var stack = new StackTrace(fNeedFileInfo: false).ToString();
        var grad = stack.IndexOf("THSAutograd_grad(", StringComparison.Ordinal);
        return grad >= 0 && !stack.AsSpan(0, grad).Contains("_backward(", StringComparison.Ordinal);
    }

    // Sees every exception as it is thrown, so it must be quick and must not throw.
    private static void Explain(object? sender, FirstChanceExceptionEventArgs e)
    {
        if (e.Exception is not ExternalException thrown || Code(thrown.Message) is not (>= FirstCode and < FirstCode + Codes and var code)) return;
        if (Interlocked.Exchange(ref Unseen[code - FirstCode], null) is not { } original) return;
        if (armed == code) armed = 0;
        try
        {
            MessageOf(thrown) = $"The gradient of a SoftPerm operator failed: {original.Message}";
            InnerOf(thrown) = original;
        }
        catch (MissingFieldException)
        {
            thrown.Data["SoftPerm"] = original;
        }
    }

    private static int Code(string message)
    {
        var at = message.IndexOf(BeforeCode, StringComparison.Ordinal);
        if (at < 0) return 0;
        var rest = message.AsSpan(at + BeforeCode.Length);
        var end = rest.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? rest : rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string MessageOf(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? InnerOf(Exception exception);
}
