using System.Reflection;
using System.Runtime.Loader;
using SoftPerm.Training;
using static TorchSharp.torch;

namespace SoftPerm.Benchmarks.Ratios;

/// <summary>Another build of the library, loaded beside this one; both use the same TorchSharp and libtorch.</summary>
internal sealed class OtherBuild : AssemblyLoadContext
{
    private readonly string folder;
    private readonly Func<string, object> create;

    /// <param name="folder">Where its SoftPerm.dll and SoftPerm.Kernels.dll are.</param>
    /// <exception cref="UserErrorException">The folder does not hold them.</exception>
    public OtherBuild(string folder) : base(nameof(OtherBuild))
    {
        this.folder = Path.GetFullPath(folder);
        if (!File.Exists(PathTo("SoftPerm"))) throw new UserErrorException($"{PathTo("SoftPerm")} does not exist; name a folder with a build of the library.");
        create = RelaxationsOf(LoadFromAssemblyPath(PathTo("SoftPerm")));
    }

    /// <summary>Softly sorts, ranks or chooses with one of its relaxations.</summary>
    /// <param name="relaxation">Its name in the catalog.</param>
    /// <param name="member">A member of <see cref="SoftOrdering"/> that takes values and a mask.</param>
    public Func<Tensor, Tensor?, Tensor> Member(string relaxation, string member)
    {
        var ordering = create(relaxation);
        var contract = ordering.GetType().GetInterface("SoftPerm.ISoftOrdering") ?? ordering.GetType(); // an interface once, with default members
        return contract.GetMethod(member, [typeof(Tensor), typeof(Tensor)])!.CreateDelegate<Func<Tensor, Tensor?, Tensor>>(ordering);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name is "SoftPerm" or "SoftPerm.Kernels" ? LoadFromAssemblyPath(PathTo(assemblyName.Name)) : null;

    private static Func<string, object> RelaxationsOf(Assembly library)
    {
        var catalog = library.GetType(typeof(RelaxationCatalog).FullName!)!.GetMethod(nameof(RelaxationCatalog.Of))!;
        return name =>
        {
            dynamic known = catalog.Invoke(null, [name])!;
            return known.Create(tensor(1.0, float64), true);
        };
    }

    private string PathTo(string assembly) => Path.Combine(folder, assembly + ".dll");
}
