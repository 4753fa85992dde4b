namespace NlpPretrain.Training;

/// <summary>The optimizers that a run can ask for.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent.</summary>
    Sgd,

    /// <summary>Adagrad (Duchi, Hazan and Singer 2011).</summary>
    Adagrad,

    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,

    /// <summary>Adam as BERT was trained: decoupled weight decay, and moments that are not corrected for starting at zero.</summary>
    BertAdam,
}
