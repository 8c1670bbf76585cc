using SoftPerm.TestKit;
using Xunit;

namespace SoftPerm.Tests.Architecture;

/// <summary>The plan of the house: what stands where, and which way references go.</summary>
public sealed class ArchitectureTests
{
    private const string Engines = "Relaxations/Engines";
    private static readonly string[] Below = ["Autograd", "Interop", "Validation"];
    private static readonly string[] Relaxation = [.. Below, ".", Engines, "Relaxations"];
    private static readonly string[] Above = [.. Relaxation, "Relaxations/*"];
    private static readonly string[] Top = [.. Above, "Relaxations/ScaleFree", "Relaxations/RelaxationCatalog", "Distributions", "Estimators"];

    /// <summary>The direction inside of SoftPerm, lowest first.</summary>
    private static readonly Direction OfLibrary = new(new Dictionary<string, string[]>
    {
        ["Autograd"] = [],
        ["Interop"] = ["Autograd"],
        ["Validation"] = ["Interop"],
        [Engines] = Below,
        // SoftOrdering, Relaxation, RelaxedPermutation and Temperature: what relaxations derive from, and all above may name.
        ["."] = [.. Below, Engines, "Relaxations/RelaxationProperties", "Relaxations/StraightThroughOrdering"],
        // What a relaxation says of itself. What is made of relaxations stands in the same folder, but not below them.
        ["Relaxations"] = [.. Below, ".", Engines],
        ["Relaxations/*"] = Relaxation,
        ["Relaxations/SinkhornSort"] = [.. Relaxation, "Relaxations/NeuralSort/NeuralSort"],
        ["Relaxations/StraightThroughOrdering"] = [".", "Relaxations", Engines, "Relaxations/ExactSort/ExactSort"],
        ["Relaxations/ScaleFree"] = [.. Relaxation, "Relaxations/NeuralSort/NeuralSort"],
        ["Relaxations/RelaxationCatalog"] = ["Relaxations", "Relaxations/*"],
        // The easiest door: for users, and for the modules that are it.
        ["./Soft"] = [.. Below, ".", "./SoftSelection", "Relaxations/ScaleFree"],
        ["./SoftSelection"] = [],
        ["Distributions"] = Above,
        ["Estimators"] = [.. Above, "Distributions"],
        ["Losses"] = Top,
        ["Modules"] = [.. Top, "./Soft"],
        ["buildTransitive/net10.0"] = ["Interop/LibTorch"],
    });

    /// <summary>The direction inside of SoftPerm.Kernels.</summary>
    private static readonly Direction OfKernels = new(new Dictionary<string, string[]>
    {
        // The doors of spans.
        ["."] = ["Numerics", "Sorting", "Assignment", "LapSum", "NeuralSort", "Permutahedron", "SoftSort", "SortingNetworks", "./SwapFunction"],
        ["./SwapFunction"] = [],
        ["Numerics"] = [],
        ["Sorting"] = ["Numerics"],
        ["Assignment"] = ["Numerics", "Sorting"],
        ["LapSum"] = ["Numerics", "Sorting"],
        ["NeuralSort"] = ["Numerics", "Sorting"],
        ["Permutahedron"] = ["Numerics", "Sorting"],
        ["SoftSort"] = ["Numerics", "Sorting"],
        ["SortingNetworks"] = ["Numerics", "Sorting", "./SwapFunction"],
    });

    private static readonly SourceTree Library = new(RepositoryFolder.At("src/SoftPerm"), typeof(Soft).Assembly.Location);
    private static readonly SourceTree Kernels = new(RepositoryFolder.At("src/SoftPerm.Kernels"), typeof(SoftPerm.Kernels.Numerics.SimdWidth).Assembly.Location);

    [Fact]
    public void Every_type_is_in_a_folder_with_a_rule_and_every_rule_is_needed()
    {
        Assert.Empty(Library.Unfound.Concat(Kernels.Unfound));
        Assert.Empty(OfLibrary.Strangers(Library.Types).Concat(OfKernels.Strangers(Kernels.Types)));
        Assert.Empty(OfLibrary.Idle(Library.Types).Concat(OfKernels.Idle(Kernels.Types)));
    }

    [Fact]
    public void References_go_one_way_and_what_is_inside_of_a_relaxation_is_its_own()
    {
        var wrong = OfLibrary.Violations(Library.Uses).Union(Trespassing(Library.Uses));
        Assert.Empty(wrong.Select(use => use.ToString()));
        Assert.Empty(OfKernels.Violations(Kernels.Uses));
    }

    [Fact]
    public void A_folder_of_a_relaxation_has_the_name_of_its_public_type() => Assert.Empty(Misnamed(Library.Types));

    [Fact]
    public void Kernels_need_no_package_and_the_library_but_tensors()
    {
        Assert.DoesNotContain(Kernels.Assemblies, IsNotOfRuntime);
        Assert.Equal(["SoftPerm.Kernels", "TorchSharp"], Library.Assemblies.Where(IsNotOfRuntime).Order());
    }

    [Fact]
    public void Namespaces_follow_folders_but_for_what_users_of_the_library_name()
    {
        Assert.Empty(Library.Types.Where(type => type.Namespace != InLibrary(type)).Select(type => type.Path));
        // One type serves the library's users too.
        Assert.Equal(["./SwapFunction"], Kernels.Types.Where(type => type.Namespace != (type.Folder == "." ? "SoftPerm.Kernels" : $"SoftPerm.Kernels.{type.Folder}")).Select(type => type.Path));
    }

    [Fact]
    public void Every_soft_ordering_is_in_the_catalog()
    {
        var orderings = typeof(Soft).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(SoftOrdering)) && !type.IsAbstract).ToArray();
        Assert.Contains(typeof(NeuralSort), orderings);
        Assert.Empty(Uncataloged(orderings));
    }

    [Fact]
    public void What_repairs_TorchSharp_says_until_when()
    {
        var repairs = Library.Files.Where(file => SourceTree.FolderOf(file.Path) == "Interop").ToArray();
        Assert.NotEmpty(repairs);
        Assert.All(repairs, file => Assert.True(SaysUntilWhen(file.Text), $"{file.Path} does not say what would let it be deleted."));
    }

    [Fact]
    public void Violations_of_the_directions_are_seen()
    {
        Declared soft = Type(".", "Soft"), ordering = Type(".", "SoftOrdering"), lapSum = Type("Relaxations/LapSum", "LapSum"),
            neuralSort = Type("Relaxations/NeuralSort", "NeuralSort"), sinkhornSort = Type("Relaxations/SinkhornSort", "SinkhornSort"),
            check = Type("Validation", "Check"), held = Type("Interop", "Held"), plackettLuce = Type("Distributions", "PlackettLuce"),
            baseline = Type("Estimators", "Baseline"), rankLoss = Type("Losses", "RankLoss"), scaleFree = Type("Relaxations", "ScaleFree");
        Use[] wrong =
        [
            new(ordering, soft), new(ordering, lapSum), new(ordering, scaleFree), new(lapSum, neuralSort), new(neuralSort, sinkhornSort), new(lapSum, scaleFree),
            new(lapSum, plackettLuce), new(plackettLuce, baseline), new(plackettLuce, scaleFree), new(baseline, rankLoss), new(held, check), new(held, ordering),
            new(rankLoss, soft), new(plackettLuce, soft), new(rankLoss, Type("Modules", "SoftTopK")),
        ];
        Use[] right = [new(lapSum, ordering), new(sinkhornSort, neuralSort), new(soft, scaleFree), new(rankLoss, lapSum), new(plackettLuce, sinkhornSort), new(check, held)];
        Assert.Equal(wrong, OfLibrary.Violations([.. wrong, .. right]));

        Declared simd = Type("Numerics", "Simd"), sorted = Type("Sorting", "Sorted"), sums = Type("LapSum", "Sums"), rows = Type("SoftSort", "Rows");
        Use[] upwards = [new(simd, sorted), new(sorted, sums), new(sums, rows)];
        Assert.Equal(upwards, OfKernels.Violations([.. upwards, new(sums, sorted), new(rows, simd), new(sorted, simd)]));
    }

    [Fact]
    public void Unknown_folders_and_idle_rules_are_seen()
    {
        Declared[] strange = [Type("Layers", "Dense"), Type("Relaxations/LapSum/Deep", "Row")];
        Assert.Equal(["Layers/Dense", "Relaxations/LapSum/Deep/Row"], OfLibrary.Strangers([.. strange, Type("Relaxations/New", "New"), Type(".", "Soft")]));
        Assert.Equal(["Fourier/Wave"], OfKernels.Strangers([Type("Fourier", "Wave"), Type("LapSum", "Sums")]));
        Assert.Contains("Losses", OfLibrary.Idle(strange));
    }

    [Fact]
    public void Violations_of_the_rules_for_folders_namespaces_and_the_catalog_are_seen()
    {
        var insides = new Declared("Relaxations/LapSum", "SoftPerm.Relaxations", "LapSumRows", IsPublic: false);
        var trespass = new Use(Type("Distributions", "PlackettLuce"), insides);
        Assert.Equal([trespass], Trespassing([trespass, new(Type("Relaxations/LapSum", "LapSum"), insides), new(trespass.User, Type("Relaxations/LapSum", "LapSum"))]));
        Assert.Equal(["Relaxations/Helpers"], Misnamed([insides with { Folder = "Relaxations/Helpers" }, insides, Type("Relaxations/LapSum", "LapSum")]));
        Assert.Equal("SoftPerm.Relaxations", InLibrary(insides));
        Assert.Equal("SoftPerm.Estimators", InLibrary(Type("Estimators", "Evaluation") with { IsPublic = false }));
        Assert.Equal("SoftPerm", InLibrary(Type("Estimators", "Baseline")));
        Assert.Equal([typeof(Toy.HeavyTailSort)], Uncataloged([typeof(Toy.HeavyTailSort), typeof(LapSum), typeof(ExactSort)]));
        Assert.False(SaysUntilWhen("/// <summary>Mends what is broken until it is not.</summary>\nclass Mend;"));
        Assert.True(SaysUntilWhen("namespace X;\n/// <para><b>Until.</b> TorchSharp does.</para>\nclass Mend;"));
        Assert.True(IsNotOfRuntime("TorchSharp"));
    }

    private static Declared Type(string folder, string name) => new(folder, "SoftPerm", name, IsPublic: true);

    private static bool IsOfRelaxation(Declared type) => type.Folder.StartsWith("Relaxations/", StringComparison.Ordinal) && type.Folder != Engines;

    private static IEnumerable<Use> Trespassing(IEnumerable<Use> uses) =>
        uses.Where(use => !use.Used.IsPublic && IsOfRelaxation(use.Used) && use.Used.Folder != use.User.Folder);

    private static IEnumerable<string> Misnamed(IEnumerable<Declared> types) =>
        from type in types
        where IsOfRelaxation(type)
        group type by type.Folder into folder
        where !folder.Any(type => type.IsPublic && type.Path == $"{folder.Key}/{Path.GetFileName(folder.Key)}")
        select folder.Key;

    /// <summary>Folders below a first one give no namespace of their own: it would hide the type of the same name.</summary>
    private static string InLibrary(Declared type) => type switch
    {
        { Folder: "buildTransitive/net10.0" } => "SoftPerm.Build",
        { IsPublic: true } or { Folder: "." } => "SoftPerm",
        _ => $"SoftPerm.{type.Folder.Split('/')[0]}",
    };

    /// <summary>The orderings that no catalog entry makes, but for those made of others and the limit of all.</summary>
    private static IEnumerable<Type> Uncataloged(IEnumerable<Type> orderings) =>
        orderings.Except(RelaxationCatalog.All.Select(known => known.Create(1, true).GetType()))
            .Except([typeof(ExactSort), typeof(ScaleFree), typeof(SoftPerm.Relaxations.StraightThroughOrdering)]);

    private static bool SaysUntilWhen(string source) => source.Contains("/// <para><b>Until.</b> ", StringComparison.Ordinal);

    private static bool IsNotOfRuntime(string assembly) => assembly.Split('.')[0] is not ("System" or "netstandard");
}
