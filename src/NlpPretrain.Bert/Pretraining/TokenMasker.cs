using NlpPretrain.Initialization;

namespace NlpPretrain.Bert;

/// <summary>Draws which tokens of a sequence the model must tell, and what it sees in their place.</summary>
/// <remarks>
/// <para>
/// 15 % of the sequence's tokens, in random order: 80 % of them become [MASK], 10 % a random token, 10 % stay. With whole words the order is that of words, whose pieces go
/// together; a word that has more pieces than are still wanted is passed over. What happens to a piece is drawn for each of its own, so 80/10/10 holds for pieces.
/// </para>
/// <para>
/// Source: Devlin et al. 2019, section 3.1; google-research/bert, create_pretraining_data.py. Differs: there the number of masked tokens is rounded to the next whole one, here up or down by chance, so that
/// its mean is exact; and a random token is never a special one.
/// </para>
/// </remarks>
internal sealed class TokenMasker
{
    private const float Hidden = 0.8f, HiddenOrRandom = 0.9f;

    private readonly int _mask, _most;
    private readonly double _part;
    private readonly bool _wholeWords;
    private readonly int[] _ordinary;
    private readonly (int Start, int Length)[] _units;
    private readonly bool[] _isMasked;

    /// <param name="options">How much to mask.</param>
    /// <param name="mask">The id of [MASK].</param>
    /// <param name="ordinary">The ids of all tokens that are not special, for random ones.</param>
    internal TokenMasker(BertDataOptions options, int mask, int[] ordinary)
    {
        (_mask, _most, _part, _wholeWords, _ordinary) = (mask, options.MostPredictions, options.MaskProbability, options.WholeWords, ordinary);
        _units = new (int, int)[options.SequenceLength];
        _isMasked = new bool[options.SequenceLength];
    }

    /// <summary>Masks a sequence in place.</summary>
    /// <param name="random">The sequence's own stream.</param>
    /// <param name="tokens">Ids, or complements of ids that go on with a word. They become the ids that the model sees.</param>
    /// <param name="second">Where the second segment begins: the frame is at 0, before this place and at the end.</param>
    /// <param name="places">Gets the masked places, ascending.</param>
    /// <param name="labels">Gets the tokens that were there.</param>
    /// <returns>How many, at least 1.</returns>
    internal int Mask(RandomStream random, Span<int> tokens, int second, Span<int> places, Span<int> labels)
    {
        int wanted = (int)Math.Clamp(Math.Floor(_part * tokens.Length + RandomStream.ToUniform(random[0])), 1, _most);
        Choose(random, tokens, second, wanted);

        int count = 0;
        for (int place = 0; place < tokens.Length; place++)
        {
            int id = tokens[place] < 0 ? ~tokens[place] : tokens[place];
            tokens[place] = id;
            if (!_isMasked[place]) continue;

            (places[count], labels[count]) = (place, id);
            count++;
            ulong draw = (ulong)(tokens.Length + 2 * place);                          // behind those of the order
            float kind = random.Uniform(draw);
            if (kind < Hidden) tokens[place] = _mask;
            else if (kind < HiddenOrRandom) tokens[place] = _ordinary[random.Below(draw + 1, _ordinary.Length)];
        }

        return count;
    }

    private void Choose(RandomStream random, ReadOnlySpan<int> tokens, int second, int wanted)
    {
        Array.Clear(_isMasked);
        int count = FindUnits(tokens, second), masked = 0;
        for (int k = 0; k < count && masked < wanted; k++)                            // Fisher and Yates, as far as it is needed
        {
            int other = k + random.Below((ulong)(k + 1), count - k);
            (_units[k], _units[other]) = (_units[other], _units[k]);
            (int start, int length) = _units[k];
            if (masked + length > wanted) continue;

            _isMasked.AsSpan(start, length).Fill(true);
            masked += length;
        }

        // Every word has more pieces than are wanted: then the first drawn, so that no sequence is without a target.
        if (masked == 0) _isMasked.AsSpan(_units[0].Start, Math.Min(_units[0].Length, _most)).Fill(true);
    }

    /// <summary>Finds the words, or single tokens, that are masked together: neither frame nor the ends of segments are in one.</summary>
    private int FindUnits(ReadOnlySpan<int> tokens, int second)
    {
        int count = 0;
        for (int place = 1; place < tokens.Length - 1; place++)
        {
            if (place == second - 1) continue;
            bool goesOn = _wholeWords && tokens[place] < 0 && place != 1 && place != second;
            if (goesOn) _units[count - 1].Length++;
            else _units[count++] = (place, 1);
        }

        return count;
    }
}
