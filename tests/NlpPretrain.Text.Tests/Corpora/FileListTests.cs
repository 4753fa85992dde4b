using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Corpora;

public sealed class FileListTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FileListTests()
    {
        const string Names = "b.txt a/z.txt a/b/c/deep.txt a/b/note.md B.txt a.txt ab.txt a-b/x.txt .hidden/h.txt a/.h.txt";
        foreach (string name in Names.Split(' '))
        {
            _folder.Write(name, name);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "B.txt a-b/x.txt a.txt a/b/c/deep.txt a/b/note.md a/z.txt ab.txt b.txt")]
    [InlineData("a", "a/b/c/deep.txt a/b/note.md a/z.txt")]
    [InlineData("a/", "a/b/c/deep.txt a/b/note.md a/z.txt")]
    [InlineData("b.txt", "b.txt")]
    [InlineData("*.txt", "B.txt a.txt ab.txt b.txt")]
    [InlineData("?.txt", "B.txt a.txt b.txt")]
    [InlineData("a?.txt", "ab.txt")]
    [InlineData("**/*.txt", "B.txt a-b/x.txt a.txt a/b/c/deep.txt a/z.txt ab.txt b.txt")]
    [InlineData("a/**/*.txt", "a/b/c/deep.txt a/z.txt")]
    [InlineData("a/**", "a/b/c/deep.txt a/b/note.md a/z.txt")]
    [InlineData("**/b/**/*", "a/b/c/deep.txt a/b/note.md")]
    [InlineData("**/**/c/**/deep.txt", "a/b/c/deep.txt")]
    [InlineData("*/*.txt", "a-b/x.txt a/z.txt")]
    [InlineData("a*/x.txt", "a-b/x.txt")]
    [InlineData("a/b/../*.txt", "a/z.txt")]
    [InlineData(".h*/*", ".hidden/h.txt")]
    [InlineData("a/.*", "a/.h.txt")]
    [InlineData(".hidden", ".hidden/h.txt")]
    public void FindsFilesInOrdinalOrder(string pattern, string expected) => Find(pattern).Should().Equal(expected.Split(' '));

    [Fact]
    public void SeveralPathsKeepTheirOrder() =>
        new TextFileCorpus(_folder.File("b.txt"), _folder.File("a")).Read().Select(passage => passage.Text)
            .Should().Equal("b.txt", "a/b/c/deep.txt", "a/b/note.md", "a/z.txt");

    [Theory]
    [InlineData("missing.txt", "*missing.txt*does not exist*")]
    [InlineData("*.csv", "No file matches*csv*")]
    [InlineData("missing/**/*.txt", "No file matches*missing*")]
    [InlineData("empty", "The folder*empty*holds no files.")]
    public void SaysWhichPathGivesNothing(string pattern, string message)
    {
        Directory.CreateDirectory(_folder.File("empty/inner"));

        pattern.Invoking(p => new TextFileCorpus(_folder.File(p))).Should().Throw<CorpusException>().WithMessage(message);
    }

    [Fact]
    public void AFileWhoseNameLooksLikeAPatternIsThatFile()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "No such names on Windows.");
        _folder.Write("?.txt", "");
        _folder.Write("[*]/in.txt", "");

        Find("?.txt").Should().Equal("?.txt");
        Find("[*]").Should().Equal("[*]/in.txt");
    }

    [Fact]
    public void APatternOfManyFoldersTakesNoLongerThanTheirNumber()
    {
        string deep = string.Concat(Enumerable.Repeat("f/", 24));
        _folder.Write(deep + "x.txt", "");

        Find(string.Concat(Enumerable.Repeat("**/f/", 12)) + "x.txt").Should().Equal(deep + "x.txt");
    }

    [Fact]
    public void ALinkToAFolderAboveIsNotFollowed()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege on Windows.");
        Directory.CreateSymbolicLink(_folder.File("a/up"), _folder.Path);
        File.CreateSymbolicLink(_folder.File("a/link.txt"), _folder.File("b.txt"));

        Find("a").Should().Equal("a/b/c/deep.txt", "a/b/note.md", "a/link.txt", "a/z.txt");
    }

    private string[] Find(string pattern) =>
        [.. FileList.Find(_folder.File(pattern)).Select(file => Path.GetRelativePath(_folder.Path, file).Replace('\\', '/'))];
}
