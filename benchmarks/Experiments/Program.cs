using NlpPretrain.Experiments;
using NlpPretrain.Experiments.Baselines;

CommandLine options = new(args);
switch (options.Suite)
{
    case "shakespeare":
        await ShakespeareSuite.RunAsync(options).ConfigureAwait(false);
        return 0;
    case "wikitext2-gpt":
        await WikiText2GptSuite.RunAsync(options).ConfigureAwait(false);
        return 0;
    case "gpt-adapt":
        await GptAdaptSuite.RunAsync(options).ConfigureAwait(false);
        return 0;
    case "gpt-tasks":
        await GptTasksSuite.RunAsync(options).ConfigureAwait(false);
        return 0;
    case "ngram":
        NGramSuite.Run(options);
        return 0;
    case "ngram-check":
        return NGramCheck.Run() ? 0 : 1;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project benchmarks/Experiments -- <suite> [options]
              shakespeare     nanoGPT's recipe for a processor on Tiny Shakespeare, characters, three seeds
                  --seeds 3 --steps 2000 --windows random|shuffled
              wikitext2-gpt   a GPT on WikiText-2 with a byte-level BPE that is trained here
                  --vocabulary 8000 --architecture gpt1|gpt2 --layers 4 --heads 4 --width 256 --context 256 --batch 16 --dropout 0.1 --rate (the family's)
                  --decay 0.01 --minutes 30 | --steps N --seed 1 --evaluations 10 --stride (half the context) --output FOLDER
                  --evaluate FOLDER: no training; the perplexities of a saved model, as float32 and with its matrices rounded to bfloat16
              gpt-adapt       goes on with a pretrained model on the texts of the tasks' training examples, without their labels, for gpt-tasks to start from
                  --model FOLDER --output FOLDER --tasks sst2,rte,mrpc,stsb,copa --epochs 5 --batch 8 --rate 1e-3 --decay 0.1 --seed 1 --form wikitext|raw
              gpt-tasks       fine-tunes a pretrained model and random weights of its config for SST-2, RTE, MRPC, STS-B and COPA, and compares
                  --model FOLDER --tasks sst2,rte,mrpc,stsb,copa --seeds 3 --epochs 3 --rate 6.25e-5 --random-rate (--rate) --batch 32 --lambda 0.5 --dropout 0.1
                  --epochs-TASK N --rate-TASK R --random-rate-TASK R: for one task   --max-length (the context) --form wikitext|raw --mrpc-orders both|one
                  --starts pretrained,random   --report test|held-out (a tenth of the training examples, to choose a recipe on)   --jobs N: runs at once, default one a worker
              ngram           word n-grams with modified Kneser-Ney smoothing on WikiText-2
              ngram-check     the estimator's own checks
              --data FOLDER   default $NLPPRETRAIN_DATA, or ../shared/data
              --workers N     default: the number of processors
            """);
        return 1;
}
