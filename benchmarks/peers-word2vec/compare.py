"""Compares our Word2Vec with Debian's gensim and fastText: the same corpus file, options and epochs, one process a run, one after the other.

Plan, for each corpus:
  probe       gensim's ways to read a corpus (corpus_file=, LineSentence, a list in memory) on an excerpt; the fastest is used for the rest
  vocabulary  counting the words: ours and the better of gensim's corpus_file= and LineSentence, alternating
  timing      each case at each number of workers: ours, gensim, fastText alternating, and our reproducible mode for skip-gram with negative sampling
  quality     each case with several seeds and the most workers; one evaluator judges all vectors: analogies (3CosAdd over the 30,000 most
              frequent words, unknown questions not asked) and WordSim-353 (Spearman)
Before anything is timed, the corpus is counted here, and a tool that read other words or kept another vocabulary stops the comparison.
Words per second are words of the corpus (with those that subsampling drops) times epochs, over the time of training alone.

Ends with lines `RATIO <suite>/<case> <ours over gensim, higher is better> goal <number>` and `FIGURE <suite>/<name> <ours> <unit> goal <gensim's>`.
"""
import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import tools
from tools import Job, ToolError

ROOT = tools.HERE.parent.parent
CORPORA = ("wikitext2", "sdk-docs")
CASES = tuple(f"{architecture}-{objective}" for objective in ("ns", "hs") for architecture in ("skip-gram", "cbow"))
CANDIDATES = 30_000
SPEED_GOALS = {("skip-gram-ns", 100): 8.0, ("skip-gram-ns", 300): 6.0, "cbow-ns": 1.5, "skip-gram-hs": 2.5, "cbow-hs": 1.2}
REPRODUCIBLE_GOAL, VOCABULARY_GOAL, MEMORY_GOAL = 2.0, 2.0, 1.0
OURS, REPRODUCIBLE, GENSIM, FASTTEXT = "ours", "ours-reproducible", "gensim", "fasttext"


def parse_options():
    def several(kind, allowed=None):
        def parse(text):
            values = [kind(part) for part in text.split(",") if part]
            unknown = [str(value) for value in values if allowed and value not in allowed]
            if unknown or not values:
                raise argparse.ArgumentTypeError(f"'{','.join(unknown)}' is none of {', '.join(allowed or ())}")
            return values
        return parse

    parser = argparse.ArgumentParser(prog="run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--corpus", type=several(str, CORPORA), default=list(CORPORA), help="default: %(default)s")
    add("--case", type=several(str, CASES), default=list(CASES), help="default: %(default)s")
    add("--dimensions", type=several(int), default=[100, 300], help="default: %(default)s")
    add("--workers", type=several(int), default=[2, 1], help="default: %(default)s; goals are for 2")
    add("--runs", type=int, default=5, help="timed runs of ours and gensim with the most workers; at most 2 with fewer (default: %(default)s)")
    add("--fasttext-runs", type=int, default=1, help="timed runs of fastText (default: %(default)s)")
    add("--seeds", type=int, default=3, help="seeds of ours and gensim for quality; fastText has one (default: %(default)s)")
    add("--timing-epochs", type=int, default=1, help="default: %(default)s")
    add("--quality-epochs", type=int, default=5, help="default: %(default)s")
    add("--skip", type=several(str, ("fasttext", "reproducible", "vocabulary", "timing", "quality", "build")), default=[],
        help="any of fasttext, reproducible, vocabulary, timing, quality, build")
    add("--blas", choices=["installed", "openblas"], default="installed",
        help="gensim's linear algebra: what apt installed with it (libblas3 unless another was chosen), or libopenblas0-pthread, fetched by "
             "apt-get download into the work folder and not installed (default: %(default)s)")
    add("--quick", action="store_true", help="under 2 minutes: WikiText-2, skip-gram and CBOW with negative sampling, 100 dimensions, "
                                             "2 workers, 2 runs, no fastText, no quality")
    add("--log", type=Path, help="file to append every result to, as JSON lines")
    add("--resume", action="store_true", help="take over the results that the log has, run what is missing")
    add("--print", dest="print_only", action="store_true", help="print the results that the log has, run nothing")
    add("--data", type=Path, default=Path(os.environ.get("NLPPRETRAIN_DATA") or ROOT / "../shared/data"),
        help="folder with wikitext2, word2vec-questions and en-word-sim (default: $NLPPRETRAIN_DATA, or ../shared/data from the repository's root)")
    add("--folder", type=Path, default=ROOT / "artifacts/peers-word2vec", help="work folder (default: %(default)s)")
    options = parser.parse_args()
    if (options.resume or options.print_only) and not options.log:
        parser.error("--resume and --print need --log")
    if options.quick:
        options.corpus, options.case, options.dimensions, options.workers = ["wikitext2"], ["skip-gram-ns", "cbow-ns"], [100], [2]
        options.runs, options.skip = min(options.runs, 2), options.skip + ["fasttext", "quality"]
    options.workers.sort(reverse=True)
    return options


class Results:
    """Everything measured, by key; kept in the log too, so that an interrupted comparison goes on where it stopped."""

    def __init__(self, log, resume, setup):
        self.log, self.records, self.setup = log, {}, setup
        if not log or not log.exists():
            return
        if not resume:
            raise ToolError(f"{log} exists: give --resume to go on with it, or another --log")
        complete, _, cut_off = log.read_text(encoding="utf-8").rpartition("\n")
        if cut_off and setup:
            log.write_text(complete + "\n" * bool(complete), encoding="utf-8")
        for number, line in enumerate(complete.splitlines(), 1):
            try:
                record = json.loads(line)
                key, was = record["key"], record["setup"]
            except (ValueError, KeyError, TypeError):
                raise ToolError(f"{log}, line {number}: not a result of this program") from None
            if setup and was != setup:
                raise ToolError(f"{log} was measured with {was}, and this run has {setup}: give the same options or another --log")
            self.records[key] = record

    def measure(self, work, **about):
        """Runs the work unless the log has its result; what it is about is its key."""
        key = " ".join(f"{name}={value}" for name, value in about.items())
        if key not in self.records:
            load = os.getloadavg()[0]
            record = {"key": key, **about, "setup": self.setup, "load": load, **work()}
            self.records[key] = record
            if self.log:
                with open(self.log, "a", encoding="utf-8") as file:
                    file.write(json.dumps(record) + "\n")
            speed = record.get("words_per_second") or record["words"] / record["vocabulary_seconds"]
            print(f"{key}: {speed:,.0f} words/s", file=sys.stderr, flush=True)
        return self.records[key]

    def select(self, **about):
        return [record for record in self.records.values() if all(record.get(name) == value for name, value in about.items())]

    def distinct(self, field, **about):
        return list(dict.fromkeys(record[field] for record in self.select(**about)))


@dataclass(frozen=True)
class Corpus:
    name: str
    path: Path
    words: int
    lines: int
    vocabulary: int
    candidates: tuple

    def job(self, **more):
        return Job(str(self.path), self.words, self.lines, **more)


def prepare(name, options):
    """Writes the corpus in lower case, one space between words, and counts it. None, with a message, where its source is absent."""
    raw = options.folder / f"{name}.raw.txt"
    if name == "sdk-docs":
        try:
            tools.export(name, raw)
        except ToolError as error:
            print(f"{name} is skipped: {error}", file=sys.stderr)
            return None
    else:
        sources = [options.data / "wikitext2" / file for file in ("train.txt", "train.shuffled-articles.txt")]
        raw = next((source for source in sources if source.exists()), None)
        if raw is None:
            print(f"wikitext2 is skipped: there is no {sources[0]} (--data, NLPPRETRAIN_DATA)", file=sys.stderr)
            return None

    path, lines, counts = options.folder / f"{name}.txt", 0, Counter()
    with open(raw, encoding="utf-8") as source, open(path, "w", encoding="utf-8", newline="\n") as target:
        for line in source:
            words = line.lower().split()
            counts.update(words)
            target.write(" ".join(words) + "\n")
            lines += 1
    kept = sorted((word for word, count in counts.items() if count >= tools.MIN_COUNT), key=lambda word: (-counts[word], word))
    return Corpus(name, path, counts.total(), lines, len(kept), tuple(kept[:CANDIDATES]))


def excerpt(corpus, words):
    """The first lines of a corpus with about so many words, as a corpus."""
    path, lines, counts = corpus.path.with_suffix(".excerpt.txt"), 0, Counter()
    with open(corpus.path, encoding="utf-8") as source, open(path, "w", encoding="utf-8", newline="\n") as target:
        for line in source:
            target.write(line)
            lines += 1
            counts.update(line.split())
            if counts.total() >= words:
                break
    kept = sum(count >= tools.MIN_COUNT for count in counts.values())
    return replace(corpus, path=path, words=counts.total(), lines=lines, vocabulary=kept)


def about(corpus, kind, tool, **more):
    return {"corpus": corpus.name, "kind": kind, "tool": tool, **more}


class Comparison:
    def __init__(self, options, results):
        self.options, self.results = options, results
        self.blas = fetch_openblas(options.folder) if options.blas == "openblas" else None

    def run(self, corpus):
        print(f"{corpus.name}: {corpus.words:,} words, {corpus.vocabulary:,} of them kept", file=sys.stderr)
        skip = self.options.skip
        modes = self.probe(corpus)
        if "vocabulary" not in skip:
            self.vocabulary(corpus)
        if "timing" not in skip:
            self.timing(corpus, modes)
        if "quality" not in skip:
            self.quality(corpus, modes)

    def train(self, corpus, tool, job, modes):
        if tool == GENSIM:
            result = tools.gensim(job, modes[job.architecture], self.blas) | {"reading": modes[job.architecture]}
        elif tool == FASTTEXT:
            result = tools.fasttext(job, job.output.removesuffix(".vec") or str(self.options.folder / "fasttext"))
        else:
            result = tools.ours(job, "reproducible" if tool == REPRODUCIBLE else "fast")
        tools.check_same(tool, job, result, corpus.vocabulary)
        return result

    def probe(self, corpus):
        """gensim's fastest way to read, for each architecture."""
        part, modes = excerpt(corpus, 200_000 if self.options.quick else 500_000), {}
        for architecture in {case.rpartition("-")[0]: 0 for case in self.options.case}:
            job = part.job(architecture=architecture, dimensions=self.options.dimensions[0], workers=self.options.workers[0])
            speeds = {}
            for mode in tools.GENSIM_MODES:
                result = self.results.measure(lambda: self.train(part, GENSIM, job, {architecture: mode}),
                                              **about(corpus, "probe", GENSIM, case=f"{architecture}-{job.objective}-{job.dimensions}-{job.workers}w", mode=mode))
                speeds[mode] = result["words_per_second"]
            modes[architecture] = max(speeds, key=speeds.get)
        return modes

    def vocabulary(self, corpus):
        job = corpus.job(workers=self.options.workers[0])
        for run in range(self.options.runs):
            for tool, mode in ((OURS, "-"), (GENSIM, "file"), (GENSIM, "lines")):
                def work():
                    result = tools.ours_vocabulary(job) if tool == OURS else tools.gensim_vocabulary(job, mode)
                    tools.check_same(tool, job, result, corpus.vocabulary)
                    return result
                self.results.measure(work, **about(corpus, "vocabulary", tool, mode=mode, run=run))

    def cases(self):
        for dimensions, case in itertools.product(self.options.dimensions, self.options.case):
            architecture, _, objective = case.rpartition("-")
            yield f"{case}-{dimensions}", {"architecture": architecture, "objective": objective, "dimensions": dimensions}

    def timing(self, corpus, modes):
        most = self.options.workers[0]
        for (name, shape), workers in itertools.product(self.cases(), self.options.workers):
            job = corpus.job(**shape, workers=workers, epochs=self.options.timing_epochs)
            runs = self.options.runs if workers == most else min(self.options.runs, 2)
            turns = {OURS: runs, GENSIM: runs}
            if "reproducible" not in self.options.skip and name.startswith("skip-gram-ns") and workers == most:
                turns[REPRODUCIBLE] = runs
            if "fasttext" not in self.options.skip:
                turns[FASTTEXT] = self.options.fasttext_runs
            for run, (tool, times) in itertools.product(range(runs), turns.items()):
                if run < times:
                    self.results.measure(lambda: self.train(corpus, tool, job, modes), **about(
                        corpus, "timing", tool, case=f"{name}-{workers}w", run=run))
            if modes[job.architecture] == "list" and workers == most and not self.options.quick:
                # The list holds the whole corpus; gensim's memory is that of a way that does not.
                self.results.measure(lambda: self.train(corpus, GENSIM, job, {job.architecture: "lines"}), **about(
                    corpus, "memory", GENSIM, case=f"{name}-{workers}w"))

    def quality(self, corpus, modes):
        judges = [self.options.data / "word2vec-questions/questions-words.txt", self.options.data / "en-word-sim/EN-WS-353-ALL.txt"]
        absent = [str(path) for path in judges if not path.exists()]
        if absent:
            print(f"quality is skipped: there is no {' and no '.join(absent)} (--data, NLPPRETRAIN_DATA)", file=sys.stderr)
            return

        import evaluate                                                   # needs numpy, which -h and --print do not
        output = self.options.folder / "vectors.vec"                     # fastText insists on this ending
        for name, shape in self.cases():
            job = corpus.job(**shape, workers=self.options.workers[0], epochs=self.options.quality_epochs, output=str(output))
            turns = {OURS: self.options.seeds, GENSIM: self.options.seeds}
            if "reproducible" not in self.options.skip and name.startswith("skip-gram-ns"):
                turns[REPRODUCIBLE] = self.options.seeds
            if "fasttext" not in self.options.skip:
                turns[FASTTEXT] = 1
            for seed, (tool, times) in itertools.product(range(1, self.options.seeds + 1), turns.items()):
                if seed > times:
                    continue

                def work():
                    result = self.train(corpus, tool, replace(job, seed=seed), modes)
                    result |= evaluate.evaluate(output, corpus.candidates, *judges)
                    output.unlink()
                    return result
                self.results.measure(work, **about(corpus, "quality", tool, case=name, seed=seed))


def fetch_openblas(folder):
    """The folder of OpenBLAS' libblas.so.3 out of Debian's package, unpacked and not installed."""
    target = folder.resolve() / "openblas"
    found = list(target.glob("usr/lib/*/openblas-pthread/libblas.so.3"))
    if not found:
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "-qq", "libopenblas0-pthread"], cwd=target, check=True)
        subprocess.run(["dpkg", "-x", next(target.glob("*.deb")), target], check=True)
        found = list(target.glob("usr/lib/*/openblas-pthread/libblas.so.3"))
    return found[0].parent


# The report -----------------------------------------------------------------------------------------------------------

def median(records, field):
    return statistics.median(record[field] for record in records)


def mean(records, field):
    return statistics.fmean(record[field] for record in records)


def vocabulary_speed(records):
    return statistics.median(record["words"] / record["vocabulary_seconds"] for record in records)


def report(results):
    lines = []
    for corpus in results.distinct("corpus"):
        suite = f"word2vec/{corpus}"
        for record in results.select(corpus=corpus, kind="probe"):
            print(f"gensim reading by {record['mode']}, {record['case']}: {record['words_per_second']:,.0f} words/s ({record['blas']})")
        lines += report_vocabulary(results, corpus, suite) + report_timing(results, corpus, suite) + report_quality(results, corpus, suite)
    print()
    print("\n".join(lines))


def report_vocabulary(results, corpus, suite):
    ours = results.select(corpus=corpus, kind="vocabulary", tool=OURS)
    peers = [results.select(corpus=corpus, kind="vocabulary", tool=GENSIM, mode=mode) for mode in ("file", "lines")]
    if not ours or not all(peers):
        return []
    best = max(map(vocabulary_speed, peers))
    print(f"\n{corpus}, vocabulary of {ours[0]['vocabulary']:,} from {ours[0]['words']:,} words: "
          f"ours {vocabulary_speed(ours):,.0f} words/s, gensim {best:,.0f} words/s")
    return [f"RATIO {suite}/vocabulary {vocabulary_speed(ours) / best:.2f} goal {VOCABULARY_GOAL}"]


def report_timing(results, corpus, suite):
    lines = []
    cases = results.distinct("case", corpus=corpus, kind="timing")
    if cases:
        print(f"\n{corpus + ', speed':28} {'tool':18} {'median words/s':>14} {'min':>12} {'max':>12} {'runs':>4} {'peak MB':>8} {'ours over it':>12}")
    for case in cases:
        of = {tool: results.select(corpus=corpus, kind="timing", case=case, tool=tool) for tool in (OURS, REPRODUCIBLE, GENSIM, FASTTEXT)}
        for tool, records in of.items():
            if not records:
                continue
            speeds = [record["words_per_second"] for record in records]
            over = f"{median(of[OURS], 'words_per_second') / statistics.median(speeds):12.2f}" if of[OURS] else ""
            print(f"{case:28} {tool:18} {statistics.median(speeds):14,.0f} {min(speeds):12,.0f} {max(speeds):12,.0f} {len(speeds):4} "
                  f"{median(records, 'peak_bytes') / 1e6:8,.0f} {over}")

        kind, dimensions, workers = case.rsplit("-", 2)
        with_goal = workers == "2w"
        for tool, goal, name in ((OURS, SPEED_GOALS.get(kind) or SPEED_GOALS.get((kind, int(dimensions))), case), (REPRODUCIBLE, REPRODUCIBLE_GOAL, f"{case}-reproducible")):
            if of[tool] and of[GENSIM]:
                ratio = median(of[tool], "words_per_second") / median(of[GENSIM], "words_per_second")
                lines.append(f"RATIO {suite}/{name} {ratio:.2f} goal {goal if with_goal and goal else '-'}")
        if of[OURS] and of[FASTTEXT]:
            lines.append(f"RATIO {suite}/{case}/fasttext {median(of[OURS], 'words_per_second') / median(of[FASTTEXT], 'words_per_second'):.2f} goal -")
        peer = results.select(corpus=corpus, kind="memory", case=case, tool=GENSIM) or [record for record in of[GENSIM] if record["reading"] != "list"]
        if with_goal and of[OURS] and peer:
            lines.append(f"RATIO {suite}/{case}/memory {median(peer, 'peak_bytes') / median(of[OURS], 'peak_bytes'):.2f} goal {MEMORY_GOAL}")
    return lines


def report_quality(results, corpus, suite):
    lines = []
    cases = results.distinct("case", corpus=corpus, kind="quality")
    if cases:
        print(f"\n{corpus + ', quality':28} {'tool':18} {'analogy %':>9} {'min':>6} {'max':>6} {'semantic':>8} {'syntactic':>9} {'asked':>6} "
              f"{'WordSim x100':>12} {'min':>6} {'max':>6} {'pairs':>5} {'seeds':>5}")
    for case in cases:
        of = {tool: results.select(corpus=corpus, kind="quality", case=case, tool=tool) for tool in (OURS, REPRODUCIBLE, GENSIM, FASTTEXT)}
        for tool, records in of.items():
            if not records:
                continue
            analogy, similarity = ([record[field] for record in records] for field in ("analogy", "wordsim"))
            right, asked = map(sum, zip(*(record["semantic"] for record in records)))
            all_right = sum(value[0] for record in records for value in record["sections"].values())
            all_asked = sum(record["asked"] for record in records)
            print(f"{case:28} {tool:18} {mean(records, 'analogy'):9.2f} {min(analogy):6.2f} {max(analogy):6.2f} {100 * right / max(asked, 1):8.2f} "
                  f"{100 * (all_right - right) / max(all_asked - asked, 1):9.2f} {records[0]['asked']:6} {mean(records, 'wordsim'):12.2f} "
                  f"{min(similarity):6.2f} {max(similarity):6.2f} {records[0]['pairs']:5} {len(records):5}")
        if of[OURS] and of[GENSIM]:
            lines += [f"FIGURE {suite}/{case}/{name} {mean(of[OURS], field):.2f} {unit} goal {mean(of[GENSIM], field):.2f}"
                      for name, field, unit in (("analogy", "analogy", "%"), ("wordsim", "wordsim", "x100"))]
    return lines


def main():
    options = parse_options()
    setup = f"--blas {options.blas} --timing-epochs {options.timing_epochs} --quality-epochs {options.quality_epochs}"
    try:
        results = Results(options.log, options.resume or options.print_only, None if options.print_only else setup)
        if not options.print_only:
            if os.getloadavg()[0] > 0.5:
                print(f"the machine is busy (load {os.getloadavg()[0]:.1f}): speeds will be off", file=sys.stderr)
            options.folder.mkdir(parents=True, exist_ok=True)
            if "build" not in options.skip:
                tools.build_ours()
            comparison = Comparison(options, results)
            for corpus in filter(None, (prepare(name, options) for name in options.corpus)):
                comparison.run(corpus)
    except KeyboardInterrupt:
        print("interrupted; what was measured so far:", file=sys.stderr)
    except (ToolError, OSError, ValueError) as error:
        sys.exit(f"run: {error}")
    report(results)


if __name__ == "__main__":
    main()
