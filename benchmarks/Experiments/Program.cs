using NlpPretrain.Experiments.Baselines;

string suite = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "";
switch (suite)
{
    case "ngram":
        return NGramSuite.Run(args);
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project benchmarks/Experiments -- <suite>
              ngram    word n-grams with modified Kneser-Ney smoothing on WikiText-2 (--check: only the estimator's own checks;
                       --tokens <train> <evaluated> <words>: ids of a token file instead of words)
            """);
        return 1;
}
