"""Trains unigram tokenizers on WikiText-2 with the same settings and compares how many tokens they make of its test text.

Both have 8,000 pieces with three special ones, cover 0.9995 of the characters, split at spaces and between scripts and do not normalize. The corpus' own "<unk>" is ordinary text
for both: SentencePiece would leave its own marks out of the training, so its unknown piece has another name here.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sentencepiece

HERE = Path(__file__).resolve().parent
PROJECT = HERE / "NlpPretrain.Peers.Tokenizers"
PROGRAM = PROJECT / "bin/Release/net10.0/NlpPretrain.Peers.Tokenizers.dll"
GOAL = 0.99


def output(command):
    done = subprocess.run(command, text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def ours(train, test, size, workers):
    lines = output(["dotnet", str(PROGRAM), "unigram", "--train", str(train), "--test", str(test), "--size", str(size), "--workers", str(workers)])
    return json.loads(lines.strip().splitlines()[-1])


def theirs(train, test, size, workers):
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        sentencepiece.SentencePieceTrainer.train(
            input=str(train), model_prefix=f"{folder}/peer", vocab_size=size, model_type="unigram", character_coverage=0.9995, normalization_rule_name="identity",
            unk_piece="[UNK]", max_sentence_length=1 << 20, num_threads=workers, minloglevel=2)
        training_seconds = time.perf_counter() - start
        model = sentencepiece.SentencePieceProcessor(model_file=f"{folder}/peer.model")
    lines = test.read_text(encoding="utf-8").split("\n")
    start = time.perf_counter()
    encoded = [model.encode(line) for line in lines]
    seconds = time.perf_counter() - start
    return {"pieces": model.get_piece_size(), "tokens": sum(map(len, encoded)), "unknown": sum(ids.count(model.unk_id()) for ids in encoded),
            "training_seconds": training_seconds, "megabytes_per_second": test.stat().st_size / seconds / 1e6}


def main():
    parser = argparse.ArgumentParser(prog="run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="2,000 pieces, trained on the validation text: some seconds")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="threads for both (default: all processors)")
    given = parser.parse_args()

    data = Path(os.environ.get("NLPPRETRAIN_DATA") or HERE.parents[1].parent / "shared/data") / "wikitext2"
    train, test = data / ("valid.txt" if given.quick else "train.shuffled-articles.txt"), data / "test.txt"
    size = 2000 if given.quick else 8000
    for path in (train, test):
        if not path.is_file():
            sys.exit(f"{path} is missing; set NLPPRETRAIN_DATA to the folder of the data.")

    output(["dotnet", "build", "-c", "Release", "-v", "quiet", str(PROJECT)])
    mine, peer = ours(train, test, size, given.workers), theirs(train, test, size, given.workers)
    for name, result in (("ours", mine), (f"SentencePiece {sentencepiece.__version__}", peer)):
        print(f"{name:22} {result['pieces']:6} pieces {result['tokens']:9} tokens, {result['unknown']:5} of them unknown; trained in {result['training_seconds']:6.1f} s, "
              f"encodes {result['megabytes_per_second']:5.1f} MB/s", flush=True)
    if mine["pieces"] != peer["pieces"]:
        sys.exit("The vocabularies are not equally large: nothing is compared.")
    print(f"RATIO tokenizers/unigram-tokens {peer['tokens'] / mine['tokens']:.4f} goal {GOAL}")


if __name__ == "__main__":
    main()
