"""Runs one training of one tool in a process of its own; every tool gives the same fields.

    words               words of the corpus that the tool counted (fastText rounds them; the corpus' own count stands in)
    vocabulary          words that the tool kept
    vocabulary_seconds  counting words and keeping the frequent ones
    training_seconds    reading the corpus again and training on it; without the vocabulary, the first values of the vectors, and saving
    words_per_second    words * epochs / training_seconds
    peak_bytes          peak resident memory at the end of training (VmHWM of /proc/PID/status)
"""
import argparse
import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE / "NlpPretrain.Peers.Word2Vec"
PROGRAM = PROJECT / "bin/Release/net10.0/NlpPretrain.Peers.Word2Vec.dll"
GENSIM_MODES = ("file", "lines", "list")

# The same for every tool; ours has them in Program.cs.
WINDOW, NEGATIVE, SAMPLE, MIN_COUNT, RATE, LAST_RATE = 5, 5, 1e-3, 5, 0.025, 0.0001


@dataclass(frozen=True)
class Job:
    corpus: str
    words: int
    lines: int
    architecture: str = "skip-gram"
    objective: str = "ns"
    dimensions: int = 100
    epochs: int = 1
    workers: int = 2
    seed: int = 1
    output: str = ""


class ToolError(Exception):
    """A tool failed, or did not do what the others did."""


def peak_bytes(process="self"):
    with open(f"/proc/{process}/status", encoding="ascii", errors="replace") as file:
        return 1024 * int(re.search(r"VmHWM:\s*(\d+)", file.read()).group(1))


def arguments(job, **more):
    given = {"input": job.corpus, "architecture": job.architecture, "objective": job.objective, "dimensions": job.dimensions,
             "epochs": job.epochs, "workers": job.workers, "seed": job.seed, **more}
    if job.output:
        given["output"] = job.output
    return [text for name, value in given.items() for text in (f"--{name}", str(value))]


def json_line(command, environment=None):
    done = subprocess.run(command, env=environment, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        raise ToolError(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr.strip() or done.stdout.strip()}")
    return json.loads(done.stdout.strip().splitlines()[-1])


# Ours ---------------------------------------------------------------------------------------------------------------

def build_ours():
    done = subprocess.run(["dotnet", "build", "-c", "Release", "-v", "quiet", str(PROJECT)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise ToolError(f"the build of {PROJECT.name} failed:\n{done.stdout}")


def ours(job, mode):
    return json_line(["dotnet", str(PROGRAM), "train", *arguments(job, mode=mode)])


def ours_vocabulary(job):
    return json_line(["dotnet", str(PROGRAM), "vocabulary", "--input", job.corpus, "--workers", str(job.workers)])


def export(corpus, path):
    return json_line(["dotnet", str(PROGRAM), "export", "--corpus", corpus, "--output", str(path)])


# gensim -------------------------------------------------------------------------------------------------------------

def gensim_environment(blas_folder):
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1")             # its BLAS calls are one word long
    if "OPENBLAS_CORETYPE" in environment and "OPENBLAS_L2_SIZE" in environment:
        del environment["OPENBLAS_CORETYPE"], environment["OPENBLAS_L2_SIZE"]
    if blas_folder:
        environment["LD_LIBRARY_PATH"] = str(blas_folder)
    return environment


def gensim(job, mode, blas_folder=None):
    return json_line(["/usr/bin/python3", __file__, "train", *arguments(job, mode=mode)], gensim_environment(blas_folder))


def gensim_vocabulary(job, mode):
    return json_line(["/usr/bin/python3", __file__, "vocabulary", "--input", job.corpus, "--mode", mode], gensim_environment(None))


def gensim_process():
    """The process that gensim() starts: trains, and prints one JSON line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("command", choices=["train", "vocabulary"])
    for name in ("input", "architecture", "objective", "output"):
        parser.add_argument(f"--{name}")
    for name in ("dimensions", "epochs", "workers", "seed"):
        parser.add_argument(f"--{name}", type=int, default=1)
    parser.add_argument("--mode", choices=GENSIM_MODES, required=True)
    given = parser.parse_args()

    from gensim.models import word2vec
    hierarchical = given.objective == "hs"
    model = word2vec.Word2Vec(
        vector_size=given.dimensions, window=WINDOW, min_count=MIN_COUNT, sample=SAMPLE, alpha=RATE, min_alpha=LAST_RATE,
        sg=int(given.architecture == "skip-gram"), hs=int(hierarchical), negative=0 if hierarchical else NEGATIVE,
        workers=given.workers, epochs=given.epochs, seed=given.seed)
    source = {"corpus_file": given.input} if given.mode == "file" else {"corpus_iterable": word2vec.LineSentence(given.input)}
    if given.mode == "list":
        source["corpus_iterable"] = list(source["corpus_iterable"])

    # What build_vocab does, without the vectors' first values.
    start = time.perf_counter()
    model.corpus_total_words, model.corpus_count = model.scan_vocab(**source)
    model.prepare_vocab()
    vocabulary_seconds = time.perf_counter() - start
    result = {"words": model.corpus_total_words, "vocabulary": len(model.wv.key_to_index), "vocabulary_seconds": vocabulary_seconds}

    if given.command == "train":
        model.prepare_weights()
        start = time.perf_counter()
        model.train(**source, total_examples=model.corpus_count, total_words=model.corpus_total_words, epochs=given.epochs)
        seconds = time.perf_counter() - start
        result |= {"training_seconds": seconds, "words_per_second": model.corpus_total_words * given.epochs / seconds}
    result["peak_bytes"] = peak_bytes()
    if given.output:
        model.wv.save_word2vec_format(given.output)
    with open("/proc/self/maps", encoding="utf-8") as maps:
        libraries = set(re.findall(r"/\S*/lib\w*(?:blas|atlas|blis)\w*\.so\S*", maps.read()))
    print(json.dumps(result | {"blas": " ".join(sorted(libraries)), "fast_version": word2vec.FAST_VERSION}))


# fastText -----------------------------------------------------------------------------------------------------------

def fasttext(job, output):
    """The fastText command, with no subwords.

    Its last line gives the words a second and thread, over the time from when its threads start, after the first values of its vectors and its noise
    table, to when they have ended. It counts and trains an end-of-line word for every line; the speed given here is that of the corpus' words alone.
    """
    command = ["fasttext", job.architecture.replace("-", ""), "-input", job.corpus, "-output", output, "-minn", "0", "-maxn", "0",
               "-loss", job.objective, "-dim", str(job.dimensions), "-epoch", str(job.epochs), "-thread", str(job.workers),
               "-ws", str(WINDOW), "-neg", str(NEGATIVE), "-t", str(SAMPLE), "-minCount", str(MIN_COUNT), "-lr", str(RATE), "-seed", str(job.seed)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    text, counted, peak = "", None, 0
    while chunk := os.read(process.stderr.fileno(), 65536):
        text += chunk.decode("utf-8", "replace")
        if counted is None and "Number of labels" in text:
            counted = time.perf_counter()
        try:
            peak = max(peak, peak_bytes(process.pid))                    # the last time is before it saves
        except (OSError, AttributeError):
            pass                                                         # it has ended meanwhile
    speeds = re.findall(r"words/sec/thread:\s*(\d+)", text)
    if process.wait() or counted is None or not speeds:
        raise ToolError(f"{' '.join(command)}\nended with {process.returncode}:\n{text[-2000:]}")
    Path(output + ".bin").unlink()
    if not job.output:
        Path(output + ".vec").unlink()
    speed = int(speeds[-1]) * job.workers * job.words / (job.words + job.lines)
    vocabulary = int(re.search(r"Number of words:\s*(\d+)", text).group(1)) - 1                   # without its end-of-line word
    return {"words": job.words, "vocabulary": vocabulary, "vocabulary_seconds": counted - start, "training_seconds": job.words * job.epochs / speed,
            "words_per_second": speed, "peak_bytes": peak}


def check_same(tool, job, result, vocabulary):
    """Every tool must have read the same words and kept the same number of them."""
    if (result["words"], result["vocabulary"]) != (job.words, vocabulary):
        raise ToolError(f"{tool} read {result['words']} words of {job.corpus} and kept {result['vocabulary']}; the file has {job.words} "
                        f"and {vocabulary} of them occur at least {MIN_COUNT} times. The comparison would be of different work.")


if __name__ == "__main__":
    gensim_process()
