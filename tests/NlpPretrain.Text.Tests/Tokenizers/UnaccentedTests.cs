using System.Globalization;
using System.Text;

namespace NlpPretrain.Text.Tests;

public sealed class UnaccentedTests
{
    [Fact]
    public void EveryCharacterIsItsDecompositionWithoutMarks()
    {
        Assert.SkipWhen("\u00E9".Normalize(NormalizationForm.FormD).Length == 1, "This process runs with invariant globalization, and has no decomposition to compare with.");
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (!Rune.IsValid(codePoint) || (codePoint & 0xFFFE) == 0xFFFE || codePoint is >= 0xFDD0 and <= 0xFDEF) continue;

            Rune rune = new(codePoint);
            string expected = Stripped(rune.ToString().Normalize(NormalizationForm.FormD)), found = Stripped(Unaccented.Of(rune));
            if (found != expected) found.Should().Be(expected, $"that is what is left of U+{codePoint:X4}");
        }
    }

    private static string Stripped(string text) =>
        string.Concat(text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark));
}
