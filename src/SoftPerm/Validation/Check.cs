namespace SoftPerm.Validation;

/// <summary>The checks of the public boundary; each names the offending value and what is allowed.</summary>
internal static partial class Check
{
    private const string FloatingTypes = "float16, bfloat16, float32 or float64";

    /// <summary>Scores: [..., n] with n ≥ 1, of a floating-point type.</summary>
    public static void Scores(Tensor scores, string name) => Scores(scores, name, FloatingTypes, static scores => scores.is_floating_point());

    /// <summary>Logits: [..., n] with n ≥ 1, float32 or float64.</summary>
    public static void Logits(Tensor logits, string name) => Scores(logits, name, "float32 or float64", static logits => logits.dtype is ScalarType.Float32 or ScalarType.Float64);

    private static void Scores(Tensor scores, string name, string types, Func<Tensor, bool> isAllowed)
    {
        ArgumentNullException.ThrowIfNull(scores, name);
        if (scores.dim() == 0) throw new ArgumentException($"{name} must have at least one axis, [..., n]; it is a single number.", name);
        if (scores.size(-1) == 0) throw new ArgumentException($"{name} must have at least one item on the last axis; its shape is {Text(scores.shape)}.", name);
        if (!isAllowed(scores)) throw new ArgumentException($"{name} must be {types}; it is {scores.dtype}.", name);
    }

    /// <summary>An axis that a tensor has.</summary>
    public static void Axis(Tensor tensor, long axis, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (axis < -tensor.dim() || axis >= tensor.dim())
            throw new ArgumentOutOfRangeException(name, axis, $"{name} must have the axis that is asked for; the shape is {Text(tensor.shape)}.");
    }

    /// <summary>Logits of pairs: [..., n, n] with n ≥ 1, float32 or float64, finite or -∞.</summary>
    public static void Matrices(Tensor logits, string name)
    {
        ArgumentNullException.ThrowIfNull(logits, name);
        if (logits.dim() < 2 || logits.size(-1) != logits.size(-2))
            throw new ArgumentException($"{name} must be square matrices, [..., n, n]; the shape is {Text(logits.shape)}.", name);
        Logits(logits, name);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var wrong = logits.lt(Number(double.PositiveInfinity)).logical_not();
        if (wrong.any().item<bool>())
            throw new ArgumentException($"{name} must be finite or -∞; one is {logits.masked_select(wrong)[0].to(float64).item<double>()}.", name);
    }

    /// <summary>A tensor of the shape, type and device of another.</summary>
    public static void Alike(Tensor tensor, Tensor other, string name)
    {
        ArgumentNullException.ThrowIfNull(tensor, name);
        if (!tensor.shape.SequenceEqual(other.shape))
            throw new ArgumentException($"{name} must have the shape {Text(other.shape)}; its shape is {Text(tensor.shape)}.{Hint(other.shape, tensor.shape)}", name);
        if (tensor.dtype != other.dtype) throw new ArgumentException($"{name} must be {other.dtype}; it is {tensor.dtype}.", name);
        Device(tensor, other.device, name, "other");
    }

    /// <summary>A mask of items: bool, broadcasting to the scores.</summary>
    public static void Mask(Tensor mask, Tensor scores, string name)
    {
        if (mask.dtype != ScalarType.Bool) throw new ArgumentException($"{name} must be bool; it is {mask.dtype}.", name);
        if (Broadcast(mask.shape, scores.shape) is not { } shape || !shape.SequenceEqual(scores.shape))
            throw new ArgumentException($"{name} must broadcast to the scores' shape {Text(scores.shape)}; its shape is {Text(mask.shape)}.", name);
        Device(mask, scores.device, name);
    }

    /// <summary>Values: [..., n, d], broadcasting with the batch, of the scores' type and device.</summary>
    public static void Values(Tensor values, long[] batch, long items, ScalarType type, Device device, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        var shape = values.shape;
        if (shape.Length < 2 || shape[^2] != items || Broadcast(shape.AsSpan()[..^2], batch) is null)
            throw new ArgumentException($"{name} must have shape {Text([.. batch, items])[..^1]}, d] or broadcast with it; its shape is {Text(shape)}.{Hint([.. batch, items], shape.Length < 2 ? shape : shape[..^1])}", name);
        if (values.dtype != type) throw new ArgumentException($"{name} must be {type} as the scores are; it is {values.dtype}.", name);
        Device(values, device, name);
    }

    /// <summary>An order: int64 [..., n], broadcasting with the batch, of indices below n.</summary>
    public static void Order(Tensor order, long[] batch, long items, string name)
    {
        Indices(order, name);
        var shape = order.shape;
        if (shape.Length == 0 || shape[^1] != items || Broadcast(shape.AsSpan()[..^1], batch) is null)
            throw new ArgumentException($"{name} must have shape {Text([.. batch, items])} or broadcast with it; its shape is {Text(shape)}.{Hint([.. batch, items], shape)}", name);
        InRange(order, items, name);
    }

    /// <summary>The first places of orders: int64 [..., k] with 1 ≤ k ≤ n, broadcasting with the batch, no item twice.</summary>
    public static void FirstPlaces(Tensor order, long[] batch, long items, string name)
    {
        Indices(order, name);
        var shape = order.shape;
        if (shape.Length == 0 || shape[^1] < 1 || shape[^1] > items || Broadcast(shape.AsSpan()[..^1], batch) is null)
            throw new ArgumentException($"{name} must have shape {Text([.. batch, items])}, or its first k places with k in 1…{items}, or broadcast with it; its shape is {Text(shape)}.{Hint([.. batch, items], shape)}", name);
        InRange(order, items, name);
        NoItemTwice(order, items, name);
    }

    /// <summary>A number of places: 1 to n.</summary>
    public static void Places(long k, long items, string name)
    {
        if (k < 1 || k > items) throw new ArgumentOutOfRangeException(name, k, $"{name} must be in 1…{items}, the number of items.");
    }

    /// <summary>Real numbers of places: above 0 and at most n, broadcasting to the batch.</summary>
    public static void Places(Tensor k, Tensor values, string name)
    {
        ArgumentNullException.ThrowIfNull(k, name);
        var batch = values.shape[..^1];
        if (!k.is_floating_point()) throw new ArgumentException($"{name} must be a floating-point tensor; it is {k.dtype}.", name);
        if (Broadcast(k.shape, batch) is not { } shape || !shape.SequenceEqual(batch))
            throw new ArgumentException($"{name} must be a single number or broadcast to the values' batch shape {Text(batch)}; its shape is {Text(k.shape)}.", name);
        Device(k, values.device, name, "values");
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var wrong = k.gt(Number(0)).logical_and(k.le(Number(values.size(-1)))).logical_not();
        if (wrong.any().item<bool>())
            throw new ArgumentOutOfRangeException(name, k.masked_select(wrong)[0].to(float64).item<double>(), $"{name} must be above 0 and at most {values.size(-1)}, the number of items.");
    }

    /// <summary>A quantile: 0 to 1.</summary>
    public static void Quantile(double quantile, string name)
    {
        if (!(quantile >= 0 && quantile <= 1)) throw new ArgumentOutOfRangeException(name, quantile, $"{name} must be in [0, 1].");
    }

    /// <summary>A temperature: positive and finite.</summary>
    public static void Temperature(double temperature, string name)
    {
        if (!(temperature > 0 && double.IsFinite(temperature)))
            throw new ArgumentOutOfRangeException(name, temperature, $"{name} must be positive and finite.");
    }

    /// <summary>A tensor temperature: positive and finite throughout, broadcasting to the batch.</summary>
    public static void Temperature(Tensor temperature, Tensor scores, string name)
    {
        var batch = scores.shape[..^1];
        if (!temperature.is_floating_point()) throw new ArgumentException($"{name} must be a floating-point tensor; it is {temperature.dtype}.", name);
        if (Broadcast(temperature.shape, batch) is not { } shape || !shape.SequenceEqual(batch))
            throw new ArgumentException($"{name} must be a single number or broadcast to the scores' batch shape {Text(batch)}; its shape is {Text(temperature.shape)}.", name);
        Device(temperature, scores.device, name);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var wrong = temperature.isfinite().logical_and(temperature.gt(Number(0))).logical_not();
        if (wrong.any().item<bool>())
            throw new ArgumentOutOfRangeException(name, temperature.masked_select(wrong)[0].to(float64).item<double>(), $"{name} must be positive and finite.");
    }

    /// <summary>Values of at most some size throughout; neither NaN nor infinite.</summary>
    public static void Within(Tensor values, double limit, string name)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var wrong = values.abs().le(Number(limit)).logical_and(values.isfinite()).logical_not(); // the limit is infinite in float32
        if (wrong.any().item<bool>())
            throw new ArgumentException($"{name} must be finite and within ±{limit:G2}; one is {values.masked_select(wrong)[0].to(float64).item<double>()}.", name);
    }

    /// <summary>Checked indices of which none occurs twice in a row.</summary>
    public static void NoItemTwice(Tensor order, long items, string name)
    {
        using var scope = NewDisposeScope();
        var count = zeros([.. order.shape[..^1], items], int32, order.device).scatter_add(-1, order, ones(order.shape, int32, order.device));
        var twice = count.gt(Number(1));
        if (twice.any().item<bool>())
            throw new ArgumentException($"{name} must hold no index twice in a row; one row holds {twice.nonzero()[0][-1].item<long>()} more than once.", name);
    }

    /// <summary>A number of samples: at least one, or at least what an estimate needs.</summary>
    public static void Samples(long samples, string name, long least = 1)
    {
        if (samples < least) throw new ArgumentOutOfRangeException(name, samples, $"{name} must be at least {least}.");
    }

    /// <summary>The shape two shapes broadcast to, or null where they do not.</summary>
    public static long[]? Broadcast(ReadOnlySpan<long> a, ReadOnlySpan<long> b)
    {
        var shape = new long[Math.Max(a.Length, b.Length)];
        for (var k = 1; k <= shape.Length; k++)
        {
            long x = k <= a.Length ? a[^k] : 1, y = k <= b.Length ? b[^k] : 1;
            if (x != y && x != 1 && y != 1) return null;
            shape[^k] = x == 1 ? y : x;
        }

        return shape;
    }

    private static void Indices(Tensor order, string name)
    {
        ArgumentNullException.ThrowIfNull(order, name);
        if (order.dtype != ScalarType.Int64) throw new ArgumentException($"{name} must be int64; it is {order.dtype}.", name);
    }

    private static void InRange(Tensor order, long items, string name, string what = "indices")
    {
        if (order.numel() == 0) return;
        using var scope = NewDisposeScope();
        long least = order.min().item<long>(), most = order.max().item<long>();
        if (least < 0 || most >= items)
            throw new ArgumentOutOfRangeException(name, least < 0 ? least : most, $"{name} must hold {what} in 0…{items - 1}.");
    }

    private static void Device(Tensor tensor, Device device, string name, string like = "scores")
    {
        if (tensor.device_type != device.type || tensor.device_index != device.index)
            throw new ArgumentException($"{name} must be on {device} as the {like} are; it is on {tensor.device}.", name);
    }

    /// <summary>Of scores that are lists of one item while what belongs to them is not.</summary>
    private static string Hint(ReadOnlySpan<long> scores, ReadOnlySpan<long> given) =>
        scores is [.., 1] && given is not [.., 1] ? " The scores are lists of one item: a forgotten squeeze(-1)?" : "";

    private static string Text(IEnumerable<long> shape) => $"[{string.Join(", ", shape)}]";
}
