using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Corpora;

public sealed class SdkDocumentationCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheInstalledDocumentationIsEnglishProse()
    {
        var corpus = new SdkDocumentationCorpus();
        long words = 0, theWords = 0;
        foreach (Passage passage in corpus.Read())
        {
            if (passage.Text.Contains('\n') || passage.Text.Contains("  ", StringComparison.Ordinal) || passage.Text.Trim() != passage.Text)
            {
                Assert.Fail($"White space is not collapsed: '{passage.Text}'");
            }

            string[] found = passage.Text.Split(' ');
            words += found.Length;
            theWords += found.Count(word => word == "the");
        }

        corpus.Files.Count.Should().BeGreaterThan(50);
        words.Should().BeInRange(1_000_000, 10_000_000);
        ((double)theWords / words).Should().BeInRange(0.03, 0.15, "it is English");
    }

    [Fact]
    public void ParagraphsAreProse()
    {
        Document("""
            <summary>Copies a <see cref="T:System.String" /> to
               <paramref name="target"/>, or <see langword="null" />.</summary>
            <param name="target">The <c>target</c> &amp; <see cref="P:System.Int32.MaxValue">largest</see>.</param>
            <remarks>
              Before.
              <para>A <b>bold</b> <typeparamref name="T" /> <xref uid="System.Single"></xref>.</para>
              <code>
                int lost = 1;
              </code>
              After <code>inline</code> code:<code>
                int lost = 2;
              </code>
              and on.

              Next.<br/>Same.
              <list><item><term>One</term><description>first</description></item><item><description>second</description></item></list>
            </remarks>
            <seealso cref="T:System.Lost" /><seealso cref="T:System.Lost">lost</seealso>
            <exception cref="T:System.Lost"><paramref name="target" /> is <![CDATA[<empty>]]>.</exception>
            """).Should().Equal(
            "Copies a String to target, or null.",
            "The target & largest.",
            "Before.",
            "A bold T Single.",
            "After inline code:",
            "and on.",
            "Next. Same.",
            "One first",
            "second",
            "target is <empty>.");
    }

    [Fact]
    public void EachPassageHasTheMemberThatItDocuments()
    {
        _folder.Write("packs/A.Ref/1.0.0/ref/net10.0/a.xml", """
            <doc><members>
            <member name="T:A.B"><summary>One.</summary><remarks>Two.<seealso cref="T:Lost" /></remarks></member>
            <member name="M:A.B.C(System.Int32)" />
            <member name="P:A.B.D"><value>Three.

            Four.</value></member>
            <member><summary>Five.</summary></member>
            </members></doc>
            """);
        SdkDocumentationCorpus corpus = new(_folder.Path);

        corpus.ReadMembers().Select(at => (at.Member, at.Passage.Text)).Should()
            .Equal(("T:A.B", "One."), ("T:A.B", "Two."), ("P:A.B.D", "Three."), ("P:A.B.D", "Four."), ("", "Five."));
        corpus.ReadMembers().Select(at => at.Passage).Should().Equal(corpus.Read());
        corpus.Invoking(c => c.ReadMembers(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void ALongParagraphIsCut()
    {
        string words = string.Join(' ', Enumerable.Repeat("seven 😀", 20_000));

        List<string> passages = Document($"<summary>{words}</summary>");

        passages.Should().HaveCountGreaterThan(1).And.OnlyContain(text => text.Length <= Passage.MaxLength);
        string.Concat(passages).Should().Be(words);
        string.Concat(Document($"<summary>{new string('x', 100_000)}</summary>")).Should().Be(new string('x', 100_000));
    }

    [Theory]
    [InlineData("T:System.String", "String")]
    [InlineData("T:System.Collections.Generic.List`1", "List")]
    [InlineData("T:System.Collections.Generic.List{System.Int32}", "List")]
    [InlineData("M:System.Linq.ParallelEnumerable.WithCancellation``1(System.Linq.ParallelQuery{``0},System.Threading.CancellationToken)", "WithCancellation")]
    [InlineData("M:System.Net.Security.CipherSuitesPolicy.#ctor(System.Collections.Generic.IEnumerable{System.Net.Security.TlsCipherSuite})", "CipherSuitesPolicy")]
    [InlineData("M:System.Collections.Generic.List`1.#ctor", "List")]
    [InlineData("M:System.Decimal.op_Explicit(System.Decimal)~System.Byte", "op_Explicit")]
    [InlineData("M:System.Array.System#Collections#IList#Add(System.Object)", "Add")]
    [InlineData("Overload:System.String.Format", "Format")]
    [InlineData("System.IO.Stream", "Stream")]
    [InlineData("!:", "")]
    [InlineData("", "")]
    [InlineData("M:.#ctor", "")]
    public void SimpleNames(string identifier, string name) => DocumentationReader.SimpleName(identifier).ToString().Should().Be(name);

    [Fact]
    public void OnlyTheHighestVersionOfAPackIsRead()
    {
        foreach (string path in new[]
        {
            "B.Ref/9.0.12/ref/net9.0/Old", "B.Ref/10.0.2/ref/net10.0/New", "B.Ref/10.0.2-rc.1/ref/net10.0/Preview",
            "A.Ref/10.0.0-preview.9/ref/net10.0/Old", "A.Ref/10.0.0-preview.10/ref/net10.0/New", "A.Ref/backup/ref/net10.0/Old",
            "A.Ref/10.0.0-preview.10/data/FrameworkList", "A.Ref/10.0.0-preview.10/ref/net10.0/de/New", "A.Host/10.0.0/ref/net10.0/Host",
        })
        {
            _folder.Write($"packs/{path}.xml", "<doc/>");
        }

        new SdkDocumentationCorpus(_folder.Path).Files.Select(file => Path.GetRelativePath(_folder.Path, file).Replace('\\', '/'))
            .Should().Equal("packs/A.Ref/10.0.0-preview.10/ref/net10.0/New.xml", "packs/B.Ref/10.0.2/ref/net10.0/New.xml");
    }

    [Fact]
    public void AnyDocumentStartsTheTailOfTheWhole()
    {
        var corpus = new SdkDocumentationCorpus();
        int first = corpus.Files.Count - 40;

        corpus.Read(first).TakeWhile(passage => passage.Document < first + 3).Should()
            .Equal(corpus.Read(first - 1).SkipWhile(passage => passage.Document < first).TakeWhile(passage => passage.Document < first + 3));
        corpus.Read(corpus.Files.Count).Should().BeEmpty();
        corpus.Invoking(c => c.Read(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData("<doc>\n<members>\n<member>\n<summary>text</member></members></doc>", "line 4")]
    [InlineData("<doc>\n<members>", "line 2")]
    [InlineData("", "line")]
    [InlineData("<!DOCTYPE doc [<!ENTITY a \"aaaa\">]>\n<doc>&a;</doc>", "line 1")]
    public void MalformedXmlIsNamedWithItsLine(string content, string line)
    {
        _folder.Write("packs/A.Ref/1.0.0/ref/net10.0/broken.xml", content);

        _folder.Invoking(f => new SdkDocumentationCorpus(f.Path).Read().ToList())
            .Should().Throw<CorpusException>().WithMessage($"*broken.xml*{line}*");
    }

    [Fact]
    public void WithoutAnSdkItSaysWhereItLooked()
    {
        _folder.Invoking(f => new SdkDocumentationCorpus(f.Path)).Should().Throw<CorpusException>().WithMessage("*holds no folder 'packs'*");
        _folder.Write("packs/A.Ref/1.0.0/readme.txt", "");
        _folder.Invoking(f => new SdkDocumentationCorpus(f.Path)).Should().Throw<CorpusException>().WithMessage("*holds no documentation*");

        string app = Directory.CreateDirectory(_folder.File("app/bin")).FullName;
        app.Invoking(path => SdkFolder.Find("sdk", path, "/nowhere", null)).Should().Throw<CorpusException>()
            .WithMessage($"*'sdk' above the runtime ('{app}'), in DOTNET_ROOT ('/nowhere') and beside DOTNET_HOST_PATH (not set)*");
    }

    [Fact]
    public void TheSdkIsFoundAboveTheRuntimeOrByTheEnvironment()
    {
        string runtime = Directory.CreateDirectory(_folder.File("a/shared/Microsoft.NETCore.App/10.0.0")).FullName;
        string app = Directory.CreateDirectory(_folder.File("app")).FullName;
        foreach (string root in new[] { "a", "b", "c" }) Directory.CreateDirectory(_folder.File(root + "/sdk"));
        string host = _folder.Write("c/dotnet", "");

        SdkFolder.Find("sdk", runtime + Path.DirectorySeparatorChar, _folder.File("b"), host).Should().Be(_folder.File("a"));
        SdkFolder.Find("sdk", app, _folder.File("b"), host).Should().Be(_folder.File("b"));
        SdkFolder.Find("sdk", app, "", host).Should().Be(_folder.File("c"));
    }

    private List<string> Document(string member)
    {
        _folder.Write("packs/A.Ref/1.0.0/ref/net10.0/a.xml", $"<doc><assembly><name>Lost</name></assembly><members><member name=\"T:A\">{member}</member></members></doc>");
        return [.. new SdkDocumentationCorpus(_folder.Path).Read().Select(passage => passage.Text)];
    }
}
