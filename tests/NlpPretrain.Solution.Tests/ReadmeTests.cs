using NlpPretrain.Testing;

namespace NlpPretrain.Solution.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void The_readme_shows_the_example_that_is_compiled_here()
    {
        string[] source = File.ReadAllLines(Path.Combine(TestData.Repository, "tests", "NlpPretrain.Solution.Tests", "ReadmeExample.cs"));
        IEnumerable<string> example = source
            .SkipWhile(line => !line.Contains("<readme>", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => !line.Contains("</readme>", StringComparison.Ordinal))
            .Select(line => line.Length > 8 ? line[8..] : "");

        File.ReadAllText(Path.Combine(TestData.Repository, "README.md")).ReplaceLineEndings("\n")
            .Should().Contain($"```csharp\n{string.Join('\n', example)}\n```");
    }

    [Fact]
    public async Task The_example_runs()
    {
        using TemporaryFolder folder = new();
        folder.Write("my-texts/fruit/a.txt", string.Concat(Enumerable.Repeat("The apple is red. The pear is green. An apple and a pear are fruit.\n", 3_000)));
        (string before, TextWriter output) = (Environment.CurrentDirectory, Console.Out);
        using StringWriter printed = new();
        try
        {
            Environment.CurrentDirectory = folder.Path;
            Console.SetOut(printed);
            await ReadmeExample.RunAsync();
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Console.SetOut(output);
        }

        printed.ToString().Should().Contain("nats").And.Contain("pear");
        new FileInfo(folder.File("vectors.bin")).Length.Should().BeGreaterThan(1_000);
    }
}
