using Xunit;

namespace SoftPerm.Tests.Hostile;

/// <summary>
/// Every relaxation and every member of <see cref="Soft"/> and <see cref="RankLoss"/> on numbers that arithmetic finds hard: 5,000 cases,
/// or SOFTPERM_HOSTILE_CASES of them. A failure names the variant and the number of a case, from which <see cref="HostileCase.Of(string, int)"/> makes it again.
/// </summary>
public sealed class HostileTestsInKernels
{
    public static TheoryData<string> All => [.. HostileVariants.InKernels];

    [Theory, MemberData(nameof(All))]
    public void Only_a_row_that_has_a_NaN_gets_one(string variant) => Failures.Check(variant, Claims.NaNs);

    [Theory, MemberData(nameof(All))]
    public void A_row_is_computed_as_if_it_were_alone(string variant) => Failures.Check(variant, Claims.Independence);

    [Theory, MemberData(nameof(All))]
    public void Low_temperatures_give_the_exact_order(string variant) => Failures.Check(variant, Claims.ColdLimit);

    [Theory, MemberData(nameof(All))]
    public void Hard_and_straight_through_are_exact(string variant) => Failures.Check(variant, Claims.Hard);

    [Theory, MemberData(nameof(All))]
    public void Soft_results_stay_within_their_bounds(string variant) => Failures.Check(variant, Claims.Bounds);
}

/// <summary>The same for those that are composed of tensor operations; a class of its own runs beside the other.</summary>
public sealed class HostileTestsInTensorOperations
{
    public static TheoryData<string> All => [.. HostileVariants.InTensorOperations];

    [Theory, MemberData(nameof(All))]
    public void Only_a_row_that_has_a_NaN_gets_one(string variant) => Failures.Check(variant, Claims.NaNs);

    [Theory, MemberData(nameof(All))]
    public void A_row_is_computed_as_if_it_were_alone(string variant) => Failures.Check(variant, Claims.Independence);

    [Theory, MemberData(nameof(All))]
    public void Low_temperatures_give_the_exact_order(string variant) => Failures.Check(variant, Claims.ColdLimit);

    [Theory, MemberData(nameof(All))]
    public void Hard_and_straight_through_are_exact(string variant) => Failures.Check(variant, Claims.Hard);

    [Theory, MemberData(nameof(All))]
    public void Soft_results_stay_within_their_bounds(string variant) => Failures.Check(variant, Claims.Bounds);
}
