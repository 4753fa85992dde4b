using System.Globalization;
using BenchmarkDotNet.Running;
using NlpPretrain.Benchmarks;
using NlpPretrain.Benchmarks.Ladders;

string suite = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? "";
bool quick = args.Contains("--quick");
switch (suite)
{
    case "nearest":
        NearestSuite.Run(quick);
        return Detail<NearestBenchmarks>();
    case "analogies":
        AnalogySuite.Run(quick);
        return 0;
    case "roofline":
        NlpPretrain.Benchmarks.Roofline.RooflineSuite.Run(quick);
        return 0;
    case "products":
        NlpPretrain.Benchmarks.Products.ProductsSuite.Run(quick, Option("--kernels"));
        return 0;
    case "rows":
        NlpPretrain.Benchmarks.Products.FewRowsSuite.Run(quick);
        return 0;
    case "ladders":
        if (args.Contains("--check")) LadderSuite.Check(Option("--filter"));
        else LadderSuite.Run(Option("--filter"), args.Contains("--detail"));
        return 0;
    case "pool":
        PoolSuite.Run(quick);
        return 0;
    case "tokenizers":
        NlpPretrain.Benchmarks.Tokenizers.TokenizersSuite.Run(quick, Option("--filter"));
        return 0;
    case "generation":
        GenerationSuite.Run(quick);
        return 0;
    case "sweep":
        SweepSuite.Run(args.Where(argument => argument is not "sweep" && !argument.StartsWith('-')), quick);
        return 0;
    case "load":
        LoadSuite.Run(quick);
        return 0;
    case "load-child":
        LoadSuite.RunChild(args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("""
            Usage: dotnet run -c Release --project benchmarks/NlpPretrain.Benchmarks -- <suite> [--quick] [--detail]
              nearest    queries over 200,000 x 300 vectors against one pass over their memory
              analogies  19,544 questions over 30,000 x 100 vectors
              load       a binary file of 1 GB against reading and copying it
              roofline   every kernel as a fraction of this machine's arithmetic and memory
              products   matrix products of training beside OpenBLAS and oneDNN (--kernels avx2: of the AVX2 peak)
              rows       products of a sentence's rows with weights that come from memory
              pool       starting and joining a split of work in two, beside Parallel.For
              ladders    kernels from a plain loop to each register width, by BenchmarkDotNet (--filter name; --check: only that they agree)
              tokenizers text to ids beside Microsoft.ML.Tokenizers, and the time of texts twice as long (--filter name)
              generation tokens of GPT-2 small's shape against reading its weights once each, as float and as bfloat16
              sweep      exp, log, tanh and erf of every float, against double precision
              --quick    smaller inputs
              --detail   BenchmarkDotNet's own tables too, where the suite has them
            """);
        return 1;
}

string? Option(string name) => args.SkipWhile(argument => argument != name).Skip(1).FirstOrDefault();

int Detail<TBenchmarks>()
{
    if (args.Contains("--detail"))
    {
        BenchmarkRunner.Run<TBenchmarks>();
    }

    return 0;
}
