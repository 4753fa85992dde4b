namespace NlpPretrain.Word2Vec;

/// <summary>What an example adds to a batch.</summary>
/// <param name="Loss">Sum of the losses of its targets.</param>
/// <param name="Targets">Number of targets.</param>
/// <param name="Words">Number of words read.</param>
internal readonly record struct ExampleLoss(double Loss, int Targets, int Words);

/// <summary>The encoded examples of one run, the gradients of the weights that it trains, and the optimizer's state.</summary>
internal abstract class FineTuningTask(TunedWords words, LinearHead head)
{
    private readonly LinearHead _squares = new(head.Features, head.Outputs);

    public abstract int Count { get; }

    /// <summary>Sum of the head's gradients since the last step.</summary>
    public LinearHead HeadGradient { get; } = new(head.Features, head.Outputs);

    /// <summary>The word vectors' gradients, or null where they are not trained.</summary>
    public RowGradients? WordGradients { get; } = words.Options.TrainWordVectors ? new RowGradients(words.Dimensions) : null;

    /// <summary>Computes an example's loss and adds its gradients.</summary>
    public abstract ExampleLoss Accumulate(int example);

    /// <summary>One optimizer step.</summary>
    /// <param name="scale">1 over the number of targets.</param>
    /// <param name="rate">The learning rate.</param>
    public void Apply(double scale, double rate)
    {
        for (int output = 0; output < head.Outputs; output++)
        {
            Adagrad.Step(head.Weights[output], HeadGradient.Weights[output], _squares.Weights[output], (float)scale, (float)rate);
        }

        Adagrad.Step(head.Bias, HeadGradient.Bias, _squares.Bias, (float)scale, (float)rate);
        WordGradients?.Apply(words.Values, (float)scale, (float)(rate * words.Options.WordVectorRate));
    }
}
