using System.Collections;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using NlpPretrain.Testing;

namespace NlpPretrain.Text.Tests.Corpora;

public sealed partial class SdkResourcesCorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheInstalledMessagesAreChinese()
    {
        var corpus = new SdkResourcesCorpus("zh-Hans");
        List<Passage> passages = [.. corpus.Read()];

        passages.Count.Should().BeInRange(5_000, 60_000);
        passages.Count(passage => Chinese().IsMatch(passage.Text)).Should().BeGreaterThan(passages.Count * 9 / 10);
        passages[^1].Document.Should().Be(corpus.Files.Count - 1);
        corpus.Read(corpus.Files.Count / 2).Should().Equal(passages.Where(passage => passage.Document >= corpus.Files.Count / 2));
        corpus.Invoking(c => c.Read(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void PairsAreAlignedWithEnglish()
    {
        List<AlignedText> pairs = [.. new SdkResourcesCorpus("zh-Hans").ReadPairs()];

        pairs.Count.Should().BeInRange(5_000, 60_000);
        pairs.Should().OnlyHaveUniqueItems(pair => pair.Key);
        pairs.Should().OnlyContain(pair => pair.English != pair.Translation);
        pairs.Count(pair => Chinese().IsMatch(pair.English)).Should().BeLessThan(20, "the originals are English");
        pairs.Count(pair => Placeholders(pair.English) == Placeholders(pair.Translation)).Should()
            .BeGreaterThan(pairs.Count * 98 / 100, "a translation has the places of its original");
    }

    [Fact]
    public void StringsAreThoseOfTheRuntimesOwnReader()
    {
        var corpus = new SdkResourcesCorpus("de");
        foreach (string file in corpus.Files.Where((_, index) => index % 10 == 0))
        {
            Assembly assembly = Assembly.LoadFile(file);
            var expected = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (string name in assembly.GetManifestResourceNames())
            {
                using var reader = new ResourceReader(assembly.GetManifestResourceStream(name)!);
                foreach (DictionaryEntry entry in reader)
                {
                    if (entry.Value is string text) expected.Add($"{name[..^".de.resources".Length]}/{entry.Key}", text);
                }
            }

            AssemblyResources.Read(file, "de").Should().Equal(expected, file);
        }
    }

    [Fact]
    public void AnUnknownLanguageIsToldWhichThereAre() =>
        "xx".Invoking(culture => new SdkResourcesCorpus(culture)).Should().Throw<CorpusException>().WithMessage("*no texts in 'xx'*de*zh-Hans*");

    [Fact]
    public void WithoutAnSdkItSaysWhatIsMissing()
    {
        _folder.Invoking(f => new SdkResourcesCorpus("de", f.Path)).Should().Throw<CorpusException>().WithMessage("*holds no folder 'sdk'*");
        Directory.CreateDirectory(_folder.File("sdk/fallback"));
        _folder.Invoking(f => new SdkResourcesCorpus("de", f.Path)).Should().Throw<CorpusException>().WithMessage("*holds no version*");
        Directory.CreateDirectory(_folder.File("sdk/10.0.100"));
        _folder.Invoking(f => new SdkResourcesCorpus("de", f.Path)).Should().Throw<CorpusException>().WithMessage("*no texts in 'de'*none*");
    }

    [Fact]
    public void TheFirstOfSeveralCopiesIsReadAndPairsNeedAnOriginal()
    {
        string source = SmallAssembly();
        foreach (string copy in new[] { "10.0.99/de", "10.0.100/de", "10.0.100/Tools/de" })
        {
            string target = _folder.Write($"sdk/{copy}/Same.resources.dll", "");
            File.Copy(source, target, overwrite: true);
        }

        var corpus = new SdkResourcesCorpus("de", _folder.Path);

        corpus.Files.Should().Equal(_folder.File(Path.Combine("sdk", "10.0.100", "Tools", "de", "Same.resources.dll")));
        corpus.Read().Should().NotBeEmpty();
        corpus.ReadPairs().Should().BeEmpty();
    }

    [Fact]
    public void ADamagedAssemblyIsNamed()
    {
        byte[] good = File.ReadAllBytes(SmallAssembly());
        string file = _folder.WriteBytes("sdk/10.0.100/de/bad.resources.dll", "not an assembly"u8);
        file.Invoking(f => AssemblyResources.Read(f, "de")).Should().Throw<CorpusException>().WithMessage("*bad.resources.dll*");

        var random = new Random(3);
        int named = 0;
        for (int time = 0; time < 600; time++)
        {
            byte[] bad = time % 4 == 0 ? good[..random.Next(good.Length)] : [.. good];
            int reach = Math.Min(bad.Length, time % 2 == 0 ? 700 : good.Length);
            for (int change = 0; change < 8 && reach > 0; change++) bad[random.Next(reach)] = (byte)random.Next(256);
            _folder.WriteBytes("sdk/10.0.100/de/bad.resources.dll", bad);
            try
            {
                AssemblyResources.Read(file, "de");
            }
            catch (CorpusException exception)
            {
                exception.Message.Should().Contain("bad.resources.dll");
                named++;
            }
        }

        named.Should().BeGreaterThan(200);
    }

    /// <summary>The smallest assembly in German that has strings.</summary>
    private static string SmallAssembly()
    {
        var corpus = new SdkResourcesCorpus("de");
        return corpus.Read().Select(passage => corpus.Files[(int)passage.Document]).Distinct().MinBy(file => new FileInfo(file).Length)!;
    }

    private static string Placeholders(string text) =>
        string.Join(' ', Placeholder().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Chinese();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Placeholder();
}
