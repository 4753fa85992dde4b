using System.CommandLine;
using System.Globalization;
using NlpPretrain.Experiments;
using NlpPretrain.Experiments.Baselines;
using NlpPretrain.Experiments.Bert;
using NlpPretrain.Experiments.Elmo;
using NlpPretrain.Experiments.Senses;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;                                  // which the help writes defaults under
RootCommand root = new("Trainings of minutes and hours, and what they are compared with.")
{
    new ShakespeareSuite(),
    new WikiText2GptSuite(),
    new BertSuite(),
    new WikiText2ElmoSuite(),
    new GptAdaptSuite(),
    new GptTasksSuite(),
    new BertTasksSuite(),
    new SensesSuite(),
    new ElmoTasksSuite(),
    new NGramSuite(),
    new NGramCheckSuite(),
};
SharedOptions.AddTo(root);
return await root.Parse(args).InvokeAsync().ConfigureAwait(false);
