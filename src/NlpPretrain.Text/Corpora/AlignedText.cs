namespace NlpPretrain.Text;

/// <summary>A text in English and in another language.</summary>
/// <param name="Key">What identifies the text: assembly, resource and name, separated by slashes.</param>
/// <param name="English">The text in English.</param>
/// <param name="Translation">The text in the other language.</param>
public sealed record AlignedText(string Key, string English, string Translation);
