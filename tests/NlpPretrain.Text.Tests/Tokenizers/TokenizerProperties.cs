using System.Globalization;
using System.Text;
using CsCheck;

namespace NlpPretrain.Text.Tests;

/// <summary>What holds for any text under each kind of tokenizer.</summary>
public sealed class TokenizerProperties
{
    private static readonly EncodeOptions Bare = new() { AddSpecialTokens = false };

    public static TheoryData<string> Names => [.. SmallTokenizers.Names];

    [Fact]
    public void Bytes_come_back_exactly() => AnyText.Valid.Sample(text => Back(text) == text, iter: 3000);

    [Fact]
    public void Lone_surrogates_come_back_as_the_replacement_character() => AnyText.Utf16.Sample(text => Back(text) == AnyText.Repaired(text), iter: 3000);

    [Fact]
    public void Long_words_of_bytes_come_back() => Gen.Select(AnyText.Utf16, Gen.Int[1, 40]).Sample((part, times) =>
    {
        string text = string.Concat(Enumerable.Repeat(part.Replace(" ", "", StringComparison.Ordinal), times));
        return Back(text) == AnyText.Repaired(text);
    }, iter: 300);

    [Theory]
    [MemberData(nameof(Names))]
    public void Offsets_lie_within_the_text_in_order_and_between_characters(string name)
    {
        Tokenizer tokenizer = SmallTokenizers.Of(name);
        AnyText.Utf16.Sample(text =>
        {
            (int Start, int End) before = (0, 0);
            foreach ((int start, int end) in tokenizer.Encode(text, Bare).Offsets)
            {
                Assert.InRange(start, before.Start, text.Length);
                Assert.InRange(end, Math.Max(start, before.End), text.Length);
                Assert.False(IsWithinPair(text, start) || IsWithinPair(text, end), $"{start} to {end}");
                before = (start, end);
            }
        }, iter: 2000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Offsets_leave_out_only_what_is_dropped(string name)
    {
        Tokenizer tokenizer = SmallTokenizers.Of(name);
        AnyText.Utf16.Sample(text =>
        {
            bool[] isCovered = new bool[text.Length];
            foreach ((int start, int end) in tokenizer.Encode(text, Bare).Offsets) isCovered.AsSpan(start, end - start).Fill(true);
            for (int at = 0; at < text.Length; at += CharacterSpan.LengthAt(text, at))
            {
                if (!isCovered[at]) Assert.True(IsDropped(name, CharacterSpan.At(text, at)), $"U+{CharacterSpan.At(text, at):X4} at {at}");
            }
        }, iter: 2000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_batch_is_its_texts_at_any_number_of_workers(string name)
    {
        Tokenizer tokenizer = SmallTokenizers.Of(name);
        Gen.Select(AnyText.Utf16.Array[0, 40], Gen.Int[1, 7]).Sample((texts, workers) =>
        {
            TokenizedText[] batch = tokenizer.EncodeBatch(texts, workers: workers);
            TokenizedText[] pairs = tokenizer.EncodeBatch([.. texts.Zip(texts.Reverse())], workers: workers);
            for (int i = 0; i < texts.Length; i++)
            {
                AssertEqual(tokenizer.Encode(texts[i]), batch[i]);
                AssertEqual(tokenizer.Encode(texts[i], texts[^(i + 1)]), pairs[i]);
            }
        }, iter: 60, threads: 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_text_is_the_same_beside_another(string name)
    {
        Tokenizer tokenizer = SmallTokenizers.Of(name);
        Gen.Select(AnyText.Utf16, AnyText.Utf16).Sample((first, second) =>
        {
            // A mark of the text's own stands where the normalizer would put one.
            (string a, string b) = (first.Trim().Replace('▁', '_'), second.Trim().Replace('▁', '_'));
            if (a.Length == 0 || b.Length == 0) return;

            int[] ids = [.. tokenizer.Encode(a, Bare).Ids, .. tokenizer.Encode(name == "bytes" ? " " + b : b, Bare).Ids];
            Assert.Equal(ids, tokenizer.Encode($"{a} {b}", Bare).Ids.ToArray());
        }, iter: 2000);
    }

    [Fact]
    public void Word_pieces_spell_the_normalized_word_or_it_is_unknown() => AnyText.Utf16.Sample(text =>
    {
        WordPieceModel model = (WordPieceModel)SmallTokenizers.WordPiece.Model;
        NormalizedText normalized = new();
        normalized.Reset(text);
        SmallTokenizers.WordPiece.Normalizer!.Normalize(normalized);
        List<(int Start, int Length)> words = [];
        SmallTokenizers.WordPiece.PreTokenizer!.Split(normalized.Text, words);
        PieceBuffer pieces = new();
        foreach ((int start, int length) in words)
        {
            pieces.Clear();
            string word = normalized.Text.Slice(start, length).ToString();
            model.Encode(word, pieces);
            Assert.Equal(length, pieces.Lengths.ToArray().Sum());
            if (pieces.Count == 1 && pieces.Ids[0] == model.UnknownId) continue;

            string spelled = "";
            foreach (int id in pieces.Ids) spelled += spelled.Length > 0 ? model.PieceOf(id)["##".Length..] : model.PieceOf(id);
            Assert.Equal(word, spelled);
            Assert.DoesNotContain(model.UnknownId, pieces.Ids.ToArray());
        }
    }, iter: 2000);

    [Theory]
    [MemberData(nameof(Names))]
    public void Truncation_keeps_the_frame_and_the_starts_of_the_texts(string name)
    {
        Tokenizer kind = SmallTokenizers.Of(name);
        Tokenizer tokenizer = new(kind.Model, kind.Normalizer, kind.PreTokenizer, kind.Decoder, new TokenFrame { Start = ["[A]"], Between = ["[B]", "[C]"], End = ["[D]"] });
        Gen.Select(AnyText.Utf16, AnyText.Utf16, Gen.Int[0, 60]).Sample((first, second, room) =>
        {
            int[] a = tokenizer.Encode(first, Bare).Ids.ToArray(), b = tokenizer.Encode(second, Bare).Ids.ToArray();
            int[] frame = [.. new[] { "[A]", "[B]", "[C]", "[D]" }.Select(token => tokenizer.SpecialIds[token])];

            TokenizedText one = tokenizer.Encode(first, new EncodeOptions { MaxLength = room + 2 });
            Assert.Equal([frame[0], .. a.Take(room), frame[3]], one.Ids.ToArray());
            Assert.All(one.SegmentIds.ToArray(), segment => Assert.Equal(0, segment));

            (int left, int right) = (a.Length, b.Length);
            while (left + right > room) _ = left > right ? left-- : right--;
            TokenizedText pair = tokenizer.Encode(first, second, new EncodeOptions { MaxLength = room + 4 });
            Assert.Equal([frame[0], .. a.Take(left), frame[1], frame[2], .. b.Take(right), frame[3]], pair.Ids.ToArray());
            Assert.Equal([.. Enumerable.Repeat(0, left + 3), .. Enumerable.Repeat(1, right + 1)], pair.SegmentIds.ToArray());
            Assert.Equal((0, 0), pair.Offsets[0]);
            Assert.Equal((0, 0), pair.Offsets[^1]);
            Assert.True(pair.SpecialMask[0] && pair.SpecialMask[left + 1] && pair.SpecialMask[left + 2] && pair.SpecialMask[^1]);
        }, iter: 500);
    }

    private static string Back(string text) => SmallTokenizers.Bytes.Decode(SmallTokenizers.Bytes.Encode(text).Ids);

    private static void AssertEqual(TokenizedText expected, TokenizedText found)
    {
        Assert.True(expected.Ids.SequenceEqual(found.Ids));
        Assert.True(expected.Offsets.SequenceEqual(found.Offsets));
        Assert.True(expected.SegmentIds.SequenceEqual(found.SegmentIds));
        Assert.True(expected.SpecialMask.SequenceEqual(found.SpecialMask));
    }

    private static bool IsWithinPair(string text, int at) => at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);

    private static bool IsDropped(string name, int character)
    {
        if (name == "bytes") return false;
        if (character <= char.MaxValue && char.IsWhiteSpace((char)character)) return true;
        if (name != "wordpiece") return false;
        if (character is 0xFFFD or >= 0xD800 and <= 0xDFFF) return true;

        return new Rune(character).ToString().Normalize(NormalizationForm.FormD).EnumerateRunes().All(rune =>
            Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.NonSpacingMark);
    }
}
