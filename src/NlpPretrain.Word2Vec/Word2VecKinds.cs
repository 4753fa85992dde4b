namespace NlpPretrain.Word2Vec;

/// <summary>What predicts what.</summary>
public enum Word2VecArchitecture
{
    /// <summary>Each neighbour's vector predicts the word (Mikolov et al. 2013a, section 3.2).</summary>
    SkipGram,

    /// <summary>The neighbours' vectors together predict the word (Mikolov et al. 2013a, section 3.1).</summary>
    Cbow,
}

/// <summary>What stands in for the softmax over the vocabulary.</summary>
public enum Word2VecObjective
{
    /// <summary>Telling the true word from a few noise words (Mikolov et al. 2013b, section 2.2).</summary>
    NegativeSampling,

    /// <summary>A path of binary decisions in a Huffman tree (Mikolov et al. 2013b, section 2.1).</summary>
    HierarchicalSoftmax,
}

/// <summary>How CBOW combines its neighbours' vectors.</summary>
public enum CbowCombination
{
    /// <summary>Their mean. As in the original program, the error reaches each neighbour whole, not divided by their number.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,
}

/// <summary>Which pairs of a skip-gram window are trained against the same noise words.</summary>
public enum NoiseSharing
{
    /// <summary>All: one set of noise words a window, so that a step is a small matrix product (Ji et al. 2016). The fastest.</summary>
    Window,

    /// <summary>None: fresh noise words for every pair, as in the original program.</summary>
    Pair,
}

/// <summary>How workers share the weights.</summary>
public enum Word2VecUpdates
{
    /// <summary>
    /// The same bits at any number of workers: blocks of sentences are trained on private copies of the rows they touch, and their changes are
    /// added in order.
    /// </summary>
    Reproducible,

    /// <summary>Workers write to the shared rows without locks (Niu et al. 2011, "Hogwild"): the fastest, and no two runs are equal.</summary>
    LockFree,
}
