namespace NlpPretrain.Text;

/// <summary>Normalizers one after another, each rewriting what the last has left.</summary>
public sealed class NormalizerSequence : TextNormalizer
{
    private readonly TextNormalizer[] _parts;

    /// <summary>Puts normalizers together.</summary>
    /// <param name="parts">The normalizers in order; a sequence among them is taken apart.</param>
    public NormalizerSequence(params IEnumerable<TextNormalizer> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        _parts = [.. parts.SelectMany(part => part is NormalizerSequence inner ? inner._parts : [part])];
        if (_parts.Contains(null)) throw new ArgumentException("A normalizer is null.", nameof(parts));
    }

    /// <summary>The normalizers in order, none of them a sequence.</summary>
    public IReadOnlyList<TextNormalizer> Parts => _parts;

    /// <inheritdoc/>
    public override void Normalize(NormalizedText text)
    {
        foreach (TextNormalizer part in _parts) part.Normalize(text);
    }

    /// <summary>The parts of any normalizer, itself the only one where it is not a sequence.</summary>
    internal static IReadOnlyList<TextNormalizer> PartsOf(TextNormalizer? normalizer) => normalizer switch
    {
        null => [],
        NormalizerSequence sequence => sequence._parts,
        _ => [normalizer],
    };

    /// <summary>The simplest normalizer of some parts.</summary>
    internal static TextNormalizer? Of(IReadOnlyList<TextNormalizer> parts) => parts.Count switch
    {
        0 => null,
        1 => parts[0],
        _ => new NormalizerSequence(parts),
    };
}
