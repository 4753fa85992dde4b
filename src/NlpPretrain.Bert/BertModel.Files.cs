namespace NlpPretrain.Bert;

/// <content>The model's folder.</content>
public sealed partial class BertModel
{
    /// <summary>Reads a model from a folder that this library or Hugging Face's wrote, whatever head it has.</summary>
    /// <param name="folder">The folder.</param>
    public static BertModel Load(string folder) => throw new NotImplementedException(folder);

    /// <summary>Copies all weights to a model of the same architecture.</summary>
    /// <param name="other">The model that receives them; dropouts may differ.</param>
    public void CopyTo(BertModel other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach ((var source, var target) in Parameters.Zip(other.Parameters)) source.Data.CopyTo(target.Data);
    }
}
