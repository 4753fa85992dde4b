using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using NlpPretrain.Elmo;
using NlpPretrain.Tensors;
using NlpPretrain.Text;

namespace NlpPretrain.Interop.Hdf5;

/// <summary>Writes vectors to HDF5 in the layout of bilm-tf.</summary>
/// <remarks>
/// Source: bilm-tf, dump_bilm_embeddings and dump_token_embeddings of bilm/model.py. Differs: a sentence's vectors depend on it alone, where bilm-tf carries the states of its LSTMs from each sentence to
/// the next.
/// </remarks>
public static class BilmTfEmbeddings
{
    private const int WordsAtOnce = 2_048;

    /// <summary>Writes the vectors of a corpus' words: a dataset "0", "1", ... for each sentence, [layers, words, 2P]. The values stream; a line of the file's index for each sentence does not.</summary>
    /// <param name="path">The file; one that is there is replaced at the end.</param>
    /// <param name="embedder">Makes the vectors.</param>
    /// <param name="corpus">The text, which is read twice: HDF5 wants all shapes before the first value.</param>
    /// <param name="tokenizer">Cuts it to sentences of words.</param>
    /// <param name="cancellationToken">Stops the work; no file is left behind.</param>
    /// <returns>The number of sentences.</returns>
    /// <exception cref="CorpusException">The corpus cannot be read, or has no words.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    [RequiresDynamicCode(BilmTfModel.Reflection)]
    [RequiresUnreferencedCode(BilmTfModel.Reflection)]
    public static int Write(string path, ElmoEmbedder embedder, ICorpus corpus, IWordTokenizer tokenizer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Write(path, embedder, SentencesOf(corpus, tokenizer), cancellationToken);
    }

    /// <summary>Writes the vectors of the words of sentences: a dataset "0", "1", ... for each, [layers, words, 2P].</summary>
    /// <param name="path">The file; one that is there is replaced at the end.</param>
    /// <param name="embedder">Makes the vectors.</param>
    /// <param name="sentences">The sentences, at least one; they are enumerated twice, as HDF5 wants all shapes before the first value.</param>
    /// <param name="cancellationToken">Stops the work; no file is left behind.</param>
    /// <returns>The number of sentences.</returns>
    /// <exception cref="ArgumentException">A sentence has no words, or a word is empty.</exception>
    /// <exception cref="CorpusException">There are no sentences.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    [RequiresDynamicCode(BilmTfModel.Reflection)]
    [RequiresUnreferencedCode(BilmTfModel.Reflection)]
    public static int Write(string path, ElmoEmbedder embedder, IEnumerable<IReadOnlyList<string>> sentences, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(embedder);
        ArgumentNullException.ThrowIfNull(sentences);
        ElmoVectors? first = null;
        List<Hdf5Entry> entries = [];
        foreach (IReadOnlyList<string> words in sentences)
        {
            cancellationToken.ThrowIfCancellationRequested();
            first ??= embedder.Embed(words);
            entries.Add(new Hdf5Entry(entries.Count.ToString(CultureInfo.InvariantCulture), [first.Layers, words.Count, first.Width]));
        }

        if (first is null) throw new CorpusException("There are no sentences to write vectors of: the text is empty, or the tokenizer finds no word in it.");
        Hdf5Writer.Write(path, entries, writer =>
        {
            int written = 0;
            foreach (IReadOnlyList<IReadOnlyList<string>> some in Cut(sentences))
            {
                foreach (ElmoVectors vectors in embedder.EmbedBatch(some, cancellationToken)) writer.Write(written++, vectors.Values.ToArray());
            }
        });
        return entries.Count;
    }

    /// <summary>Writes the vectors of a vocabulary's words that know no context: a dataset "embedding", [V, P], which <see cref="BilmTfModel.Load"/> and bilm-tf read in place of characters.</summary>
    /// <param name="path">The file; one that is there is replaced at the end.</param>
    /// <param name="model">Makes the vectors.</param>
    /// <param name="vocabulary">The words.</param>
    /// <exception cref="ArgumentException">The model reads words as ids of another vocabulary.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    [RequiresDynamicCode(BilmTfModel.Reflection)]
    [RequiresUnreferencedCode(BilmTfModel.Reflection)]
    public static void WriteTokens(string path, ElmoModel model, ElmoVocabulary vocabulary)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(vocabulary);
        ElmoTokens tokens = new(model.Config, model.Config.Characters is null ? vocabulary : null);
        int width = model.Config.Projection;
        float[] vectors = new float[checked(vocabulary.Count * width)];
        ElmoBatch batch = new(model.Config);
        using TensorArena arena = new();
        for (int start = 0; start < vocabulary.Count; start += WordsAtOnce)
        {
            int[] numbers = new int[Math.Min(WordsAtOnce, vocabulary.Count - start) * tokens.TokenSize];
            for (int i = 0; i < numbers.Length / tokens.TokenSize; i++) tokens.Write(vocabulary.Words.WordAt(start + i), numbers.AsSpan(i * tokens.TokenSize, tokens.TokenSize));
            batch.Fill(numbers, sequences: 1);
            using Pass pass = Pass.Inference(arena);
            model.TokenVectors(pass, batch).Data.CopyTo(vectors.AsSpan(start * width));                         // [1, words, P]
        }

        Hdf5Writer.Write(path, [new Hdf5Entry(BilmTfLayout.WordTable, [vocabulary.Count, width])], writer => writer.Write(0, vectors));
    }

    private static IEnumerable<IReadOnlyList<string>> SentencesOf(ICorpus corpus, IWordTokenizer tokenizer)
    {
        WordBuffer buffer = new();
        foreach (Passage passage in corpus.Read())
        {
            buffer.Clear();
            tokenizer.Tokenize(passage.Text, buffer);
            int start = 0;
            foreach (int end in buffer.SentenceEnds.ToArray())
            {
                string[] words = new string[end - start];
                for (int i = 0; i < words.Length; i++) words[i] = buffer[start + i].ToString();
                start = end;
                yield return words;
            }
        }
    }

    /// <summary>Some sentences after another, so many that they have a number of words.</summary>
    private static IEnumerable<IReadOnlyList<IReadOnlyList<string>>> Cut(IEnumerable<IReadOnlyList<string>> sentences)
    {
        List<IReadOnlyList<string>> some = [];
        int words = 0;
        foreach (IReadOnlyList<string> sentence in sentences)
        {
            some.Add(sentence);
            if ((words += sentence.Count) < WordsAtOnce) continue;
            yield return some;
            (some, words) = ([], 0);
        }

        if (some.Count > 0) yield return some;
    }
}
