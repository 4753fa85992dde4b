namespace NlpPretrain.Initialization;

/// <summary>One counter-based stream after another for the parameters of a model, so that equal seeds give equal weights.</summary>
/// <param name="seed">The seed of the model.</param>
public sealed class RandomStreams(ulong seed)
{
    private const ulong InitializationStream = 0x496E6974;

    private ulong _taken;

    /// <summary>The next stream; no two are alike.</summary>
    public RandomStream Next() => new(seed, InitializationStream, _taken++);
}
