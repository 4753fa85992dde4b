"""Compares our tokenizers with Hugging Face's tokenizers library through tokenizer.json, line by line.

Ours, of each kind trained on WikiText-2 and Chinese reviews, are read and run by Hugging Face's library; those that it makes, of the published vocabularies too, are read and run
by ours. The texts are the validation text of WikiText-2, 4,000 Chinese reviews and tricky lines; each tenth line goes in a pair with the next as well. A line is equal when ids, offsets,
segments and the marks of special tokens are, and the decoded text. Needs node and npm, which fetches the library, pinned, into artifacts/.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

HERE = Path(__file__).resolve().parent
ARTIFACTS = HERE / "artifacts"
PROJECT = HERE / "NlpPretrain.Peers.Tokenizers"
PROGRAM = PROJECT / "bin/Release/net10.0/NlpPretrain.Peers.Tokenizers.dll"
PEER = HERE / "huggingface/peer.mjs"
SHOWN = 3


def run(command, **settings):
    done = subprocess.run(list(map(str, command)), text=True, encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **settings)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout[-4000:]}")


def install():
    modules = ARTIFACTS / "node"
    modules.mkdir(parents=True, exist_ok=True)
    lock = HERE / "huggingface/package-lock.json"
    if not (modules / "node_modules").is_dir() or (modules / lock.name).read_bytes() != lock.read_bytes():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "huggingface" / name, modules)
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=modules)
    return dict(os.environ, PEER_MODULES=str(modules))


def texts(data, quick):
    english = (data / "wikitext2/valid.txt").read_bytes().decode("utf-8").split("\n")
    with open(data / "zh-reviews/eprstmt.unlabeled.jsonl", encoding="utf-8") as reviews:
        chinese = [json.loads(line)["sentence"].replace("\n", " ") for line in reviews]
    tricky = (HERE / "huggingface/tricky.txt").read_bytes().decode("utf-8").split("\n")
    return tricky + english[:400 if quick else None] + chinese[:400 if quick else 4000]


def numbered(lines):
    """The texts of each result, in the programs' order: a line, and each tenth with the next."""
    for i, line in enumerate(lines):
        yield line
        if i % 10 == 0 and i + 1 < len(lines):
            yield line + lines[i + 1]


def reason_for(form, text):
    """Why a result may differ; none where it must not."""
    if "BertNormalizer" in json.dumps(form["normalizer"]) and any(unicodedata.category(character) in ("Co", "Cn") for character in text):
        return "a private or unassigned character (Co, Cn), which BERT's cleaning keeps as published and theirs drops"
    prefix, trim = ((form[part] or {}).get(name) for part, name in (("pre_tokenizer", "add_prefix_space"), ("post_processor", "trim_offsets")))
    if prefix and trim and any(token["content"] in text for token in form["added_tokens"]):
        return "a space put in behind a special token, for which theirs trims a letter from the offsets"
    return None


def compare(name, tokenizer, lines_path, environment):
    results = list(numbered(lines_path.read_bytes().decode("utf-8").split("\n")))
    ours, theirs = ARTIFACTS / f"{name}.ours.jsonl", ARTIFACTS / f"{name}.theirs.jsonl"
    run(["dotnet", PROGRAM, "encode", "--tokenizer", tokenizer, "--texts", lines_path, "--results", ours])
    run(["node", PEER, "encode", tokenizer, lines_path, theirs], env=environment)
    mine, peer = (path.read_bytes().decode("utf-8").rstrip("\n").split("\n") for path in (ours, theirs))
    if len(mine) != len(peer):
        sys.exit(f"{name}: {len(mine)} results of ours, {len(peer)} of theirs")
    form = json.loads(Path(tokenizer).read_bytes())
    added = {token["id"] for token in form["added_tokens"]}
    equal, explained, fields, shown = 0, {}, {}, 0
    for number, (a, b) in enumerate(zip(mine, peer)):
        a, b = json.loads(a), json.loads(b)
        # Ours marks special tokens that are found in the text too, theirs only those that were put in.
        if all(id in added for id, mark in zip(a["ids"], a["special"]) if mark):
            a["special"] = [mark if offset == [0, 0] else 0 for mark, offset in zip(a["special"], a["offsets"])]
        different = [field for field in b if a[field] != b[field]]
        reason = reason_for(form, results[number]) if different else None
        if reason:
            explained[reason] = explained.get(reason, 0) + 1
            continue
        equal += not different
        for field in different:
            fields[field] = fields.get(field, 0) + 1
        if different and shown < SHOWN:
            shown += 1
            for field in different[:1]:
                place = next((i for i, (x, y) in enumerate(zip(a[field], b[field])) if x != y), min(len(a[field]), len(b[field])))
                print(f"  {name} result {number}, {field} at {place}: ours {a[field][max(0, place - 2):place + 8]!r} theirs {b[field][max(0, place - 2):place + 8]!r}; {b['decoded'][:60]!r}")
    if fields:
        print(f"  {name}: differ in {fields}")
    for reason, count in explained.items():
        print(f"  {name}: {count} results apart: {reason}")
    compared = len(mine) - sum(explained.values())
    print(f"FIGURE tokenizers/hf-{name} {equal / compared:.6f} of {compared} lines goal 1.0", flush=True)
    return equal == compared


def record(target):
    """The tricky lines with their ids and offsets by Hugging Face's library, as the tests read them."""
    tricky = (HERE / "huggingface/tricky.txt").read_bytes().decode("utf-8").split("\n")
    goldens = {}
    for name in ("bert-base-uncased", "bert-base-cased", "gpt2", "gpt2-prefix-trim", "gpt1"):
        form = json.loads((ARTIFACTS / f"{name}.json").read_bytes())
        results = map(json.loads, (ARTIFACTS / f"{name}.theirs.jsonl").read_bytes().decode("utf-8").split("\n")[:2 * len(tricky)])
        kept = []
        for i, line in enumerate(tricky):
            result = next(results)
            if i % 10 == 0:
                next(results)
            if not reason_for(form, line):
                kept.append({"text": line, "ids": result["ids"], "offsets": [place for offset in result["offsets"] for place in offset], "decoded": result["decoded"]})
        goldens[name] = kept
    text = ",\n".join(f"{json.dumps(name)}: [\n" + ",\n".join(map(json.dumps, lines)) + "\n]" for name, lines in goldens.items())
    target.write_text("{\n" + text + "\n}\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(prog="run interchange", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="400 lines of each language and 2,000 pieces: under a minute")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="threads of our trainers (default: all processors)")
    parser.add_argument("--only", default="", help="only the cases whose name holds this")
    parser.add_argument("--golden", help="also write theirs of the tricky lines to this file, for the tests")
    given = parser.parse_args()
    data = Path(os.environ.get("NLPPRETRAIN_DATA") or HERE.parents[1].parent / "shared/data")
    if not data.is_dir():
        sys.exit(f"{data} is missing; set NLPPRETRAIN_DATA to the folder of the data.")

    environment = install()
    run(["dotnet", "build", "-c", "Release", "-v", "quiet", PROJECT])
    lines = texts(data, given.quick)
    lines_path, train, made = ARTIFACTS / "texts.txt", ARTIFACTS / "train.txt", ARTIFACTS / "made"
    lines_path.write_bytes("\n".join(lines).encode("utf-8"))
    train.write_bytes("\n".join(line for line in lines if line.strip()).encode("utf-8"))
    run(["dotnet", PROGRAM, "make", "--train", train, "--target", made, "--size", 2000 if given.quick else 4000, "--workers", given.workers])

    vocabularies = data / "vocab"
    gpt2 = [vocabularies / "gpt2/encoder.json", vocabularies / "gpt2/vocab.bpe"]
    cases = [(f"reads-{kind}", made / kind / "tokenizer.json") for kind in ("byte-level", "end-of-word", "word-piece", "unigram")]
    for name, maker, sources in (
            ("bert-base-uncased", "bert-uncased", [vocabularies / "bert-base-uncased/vocab.txt"]),
            ("bert-base-cased", "bert-cased", [vocabularies / "bert-base-cased/vocab.txt"]),
            ("bert-base-chinese", "bert-uncased", [vocabularies / "bert-base-chinese/vocab.txt"]),
            ("gpt2", "gpt2", gpt2),
            ("gpt2-prefix-trim", "gpt2-prefix-trim", gpt2),
            ("gpt1", "gpt1", [vocabularies / "gpt1/encoder_bpe_40000.json", vocabularies / "gpt1/vocab_40000.bpe"]),
            ("trained-byte-level", "trained-byte-level", [train]),
            ("unigram-first", "unigram-first", [made / "unigram/tokenizer.json"])):
        path = ARTIFACTS / f"{name}.json"
        if given.only in name:
            run(["node", PEER, "make", maker, path, *sources], env=environment)
        cases.append((name, path))
    cases.append(("published-bert-base-uncased", vocabularies / "bert-base-uncased/tokenizer.json"))
    cases.append(("published-bert-base-chinese", vocabularies / "bert-base-chinese/tokenizer.json"))
    equal = [compare(name, path, lines_path, environment) for name, path in cases if given.only in name]
    if given.golden:
        record(Path(given.golden))
    sys.exit(0 if all(equal) else 1)


if __name__ == "__main__":
    main()
