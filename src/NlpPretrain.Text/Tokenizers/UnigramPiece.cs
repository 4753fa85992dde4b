namespace NlpPretrain.Text;

/// <summary>A piece of a <see cref="UnigramModel"/>.</summary>
/// <param name="Text">Its characters; not empty, without lone surrogates.</param>
/// <param name="Score">The natural logarithm of its probability; any finite number.</param>
/// <param name="IsControl">Whether it is a mark such as &lt;s&gt;, which is never found in a word. Default false.</param>
public readonly record struct UnigramPiece(string Text, double Score, bool IsControl = false);
