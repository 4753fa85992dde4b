using System.Reflection;
using NlpPretrain.Bert;
using NlpPretrain.Elmo;
using NlpPretrain.Gpt;
using NlpPretrain.Interop.Hdf5;
using NlpPretrain.Kernels;
using NlpPretrain.Testing;
using NlpPretrain.Text;
using NlpPretrain.Training;
using NlpPretrain.Word2Vec;

namespace NlpPretrain.Solution.Tests;

public sealed class ArchitectureTests
{
    /// <summary>Every shipped assembly, and all that it may refer to besides the framework.</summary>
    private static readonly Dictionary<Assembly, string[]> Allowed = new()
    {
        [typeof(SimdMath).Assembly] = ["System.Numerics.Tensors"],
        [typeof(ICorpus).Assembly] = [],
        [typeof(TrainingOptions).Assembly] = ["NlpPretrain.Core", "NlpPretrain.Text", "MathNet.Numerics", "System.Numerics.Tensors"],
        [typeof(Word2VecModel).Assembly] = ["NlpPretrain.Core", "NlpPretrain.Text", "NlpPretrain.Training", "MathNet.Numerics", "System.Numerics.Tensors"],
        [typeof(BertModel).Assembly] = ["NlpPretrain.Core", "NlpPretrain.Text", "NlpPretrain.Training", "MathNet.Numerics", "System.Numerics.Tensors"],
        [typeof(ElmoModel).Assembly] = ["NlpPretrain.Core", "NlpPretrain.Text", "NlpPretrain.Training", "MathNet.Numerics", "System.Numerics.Tensors"],
        [typeof(GptModel).Assembly] = ["NlpPretrain.Core", "NlpPretrain.Text", "NlpPretrain.Training", "MathNet.Numerics", "System.Numerics.Tensors"],
        [typeof(BilmTfModel).Assembly] = ["NlpPretrain.Core", "NlpPretrain.Text", "NlpPretrain.Training", "NlpPretrain.Elmo", "PureHDF", "MathNet.Numerics", "System.Numerics.Tensors"],
    };

    [Fact]
    public void References_point_up_the_list_only()
    {
        string framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        foreach ((Assembly assembly, string[] allowed) in Allowed)
        {
            string[] outside = [.. assembly.GetReferencedAssemblies().Select(name => name.Name!).Where(name => !File.Exists(Path.Combine(framework, name + ".dll")))];
            outside.Should().BeSubsetOf(allowed, $"{assembly.GetName().Name} may refer to these only");
        }
    }

    [Fact]
    public void Every_project_below_src_is_checked()
    {
        string[] projects = [.. Directory.EnumerateFiles(Path.Combine(TestData.Repository, "src"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path))];
        projects.Should().BeEquivalentTo(Allowed.Keys.Select(assembly => assembly.GetName().Name));
    }

    [Fact]
    public void Files_stay_short()
    {
        List<(string Path, int Lines)> files = [.. Sources("src", "tests", "benchmarks", "samples").Select(path => (path, File.ReadLines(path).Count()))];

        files.Where(file => file.Lines > 600).Should().BeEmpty("a file over 600 lines is a room with two owners");
        int[] shipped = [.. files.Where(file => file.Path.Contains($"{Path.DirectorySeparatorChar}src{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(file => file.Lines).Order()];
        shipped[shipped.Length / 2].Should().BeLessThan(100, "the median file of the library is short");
    }

    [Fact]
    public void Source_names_no_path_of_a_machine()
    {
        foreach (string path in Sources("src", "tests", "benchmarks", "samples"))
            File.ReadAllText(path).Should().NotContainAny([string.Concat("/ho", "me/"), string.Concat("/ro", "ot/"), string.Concat("C:", "\\Users")], path);
    }

    private static IEnumerable<string> Sources(params IEnumerable<string> folders) =>
        folders.Select(folder => Path.Combine(TestData.Repository, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
}
