using SoftPerm.TestKit.Tensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SoftPerm.Tests.Relaxations.Conformance;

/// <summary>A permutation that was disposed says so, and never reads memory that another one has taken over.</summary>
public sealed class DisposalTests
{
    /// <summary>All kinds of permutations, by how they are made of scores [2, 5].</summary>
    private static readonly Dictionary<string, Func<Tensor, RelaxedPermutation>> Others = new()
    {
        ["exact"] = scores => new ExactSort().Relax(scores),
        ["sinkhorn of logits"] = scores => new Sinkhorn(0.7).Normalize(Pairs(scores)).Permutation,
        ["gumbel-sinkhorn"] = scores =>
        {
            using var generator = new Generator(1);
            return new GumbelSinkhorn(Pairs(scores)).RelaxedSample(1, new Sinkhorn(0.7), generator).Permutation;
        },
        ["rows"] = scores => RelaxedPermutation.FromRows(Pairs(scores)),
        ["masked"] = scores => new NeuralSort(0.7).Relax(scores, ones_like(scores, @bool)),
    };

    private static readonly double[] Scores = [0.3, 2, -1, 0.5, 0.9, 0.1, -0.2, 3, 1, 0];

    public static TheoryData<string> All => [.. Variants.All.Select(row => row.Data), .. Others.Keys];

    [Theory, MemberData(nameof(All))]
    public void Every_member_of_a_disposed_permutation_says_that_it_is(string kind)
    {
        using var scope = NewDisposeScope();
        var permutation = Relax(kind);
        permutation.Dispose();
        using var another = Relax(kind); // takes over what was given back
        RefusesToAct(permutation);
        permutation.Dispose(); // further calls do nothing
        Assert.Equal(5, permutation.Items);
        Assert.Equal(float64, permutation.ElementType);
        Assert.True(permutation.Descending);
        Assert.Equal(DeviceType.CPU, permutation.Device.type);
        Assert.NotEmpty(permutation.Batch);
    }

    [Theory, MemberData(nameof(All))]
    public void So_does_one_whose_dispose_scope_ended(string kind)
    {
        RelaxedPermutation permutation;
        using (NewDisposeScope()) permutation = Relax(kind);
        using var scope = NewDisposeScope();
        RefusesToAct(permutation);
        permutation.Dispose();
        RefusesToAct(permutation);
    }

    [Theory, MemberData(nameof(All))]
    public void Straight_through_outlives_its_source(string kind)
    {
        using var scope = NewDisposeScope();
        var source = Relax(kind);
        var straight = source.StraightThrough();
        var values = ones(5, 2, float64);
        Tensor[] before = [.. Members.With(values).Select(member => member.Act(straight))];
        source.Dispose();
        using var another = Relax(kind); // would take over what was given back
        foreach (var (expected, member) in before.Zip(Members.With(values))) TensorCompare.Close(expected, member.Act(straight), 0);
        straight.Dispose();
        RefusesToAct(straight);
    }

    [Theory, MemberData(nameof(All))]
    public void One_that_is_moved_out_of_its_dispose_scope_lives_on(string kind)
    {
        using var scope = NewDisposeScope();
        RelaxedPermutation permutation, straight;
        using (NewDisposeScope())
        {
            permutation = Relax(kind).MoveToOuterDisposeScope();
            straight = Relax(kind).StraightThrough().DetachFromDisposeScope();
        }

        Assert.Equal([.. permutation.Batch, 5], permutation.Order().shape);
        Assert.Equal(permutation.Order().data<long>().ToArray(), straight.Order().data<long>().ToArray());
        straight.Dispose();
    }

    [Theory, MemberData(nameof(All))]
    public void A_disposed_straight_through_leaves_its_source_alone(string kind)
    {
        using var scope = NewDisposeScope();
        using var source = Relax(kind);
        var straight = source.StraightThrough();
        straight.Dispose();
        RefusesToAct(straight);
        Assert.Equal([.. source.Batch, 5], source.Order().shape);
    }

    [Fact]
    public void The_result_of_iterations_can_be_moved_and_disposed_as_one()
    {
        using var scope = NewDisposeScope();
        SinkhornResult result;
        using (NewDisposeScope()) result = new Sinkhorn(0.7).Normalize(Pairs(tensor(Scores).reshape(2, 5))).MoveToOuterDisposeScope();
        Assert.Equal([2], result.Residual.shape);
        result.Dispose();
        RefusesToAct(result.Permutation);
        Assert.True(result.Residual.IsInvalid);
    }

    private static void RefusesToAct(RelaxedPermutation permutation)
    {
        var values = ones(5, 2, float64);
        (string, Func<RelaxedPermutation, object> Act)[] all =
        [
            .. Members.With(values).Select(member => (member.Name, (Func<RelaxedPermutation, object>)member.Act)),
            ("Order", p => p.Order()), ("StraightThrough", p => p.StraightThrough()),
        ];
        foreach (var (name, act) in all)
        {
            var error = Record.Exception(() => act(permutation));
            Assert.True(error is ObjectDisposedException, $"{name}: {error?.ToString() ?? "no exception"}");
            Assert.Contains("disposed", error!.Message, StringComparison.Ordinal);
        }
    }

    private static RelaxedPermutation Relax(string kind)
    {
        var scores = tensor(Scores).reshape(2, 5);
        return Others.TryGetValue(kind, out var make) ? make(scores) : Variants.Relax(kind, scores, 0.7);
    }

    private static Tensor Pairs(Tensor scores) => scores.unsqueeze(-1).mul(Indices(scores.size(-1), float64));
}
