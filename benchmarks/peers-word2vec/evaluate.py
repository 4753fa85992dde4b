"""The one judge of all tools' vectors: analogies by 3CosAdd and WordSim-353 by Spearman's rank correlation."""
import json
import sys

import numpy


def load_vectors(path, words):
    """Vectors in word2vec text form, of the given words alone and in their order, at unit length: (kept words, [V, D])."""
    wanted = set(words)
    vectors, lines = {}, 0
    with open(path, encoding="utf-8") as file:
        count, dimensions = map(int, file.readline().split())
        for lines, line in enumerate(file, 1):
            word, _, values = line.rstrip(" \n").partition(" ")
            if word in vectors:
                raise ValueError(f"{path}: '{word}' is there twice, again as vector {lines}")
            if word in wanted:
                vectors[word] = numpy.array(values.split(" "), dtype=numpy.float32)
                if vectors[word].shape != (dimensions,):
                    raise ValueError(f"{path}: '{word}' has {len(vectors[word])} numbers, the header says {dimensions}")
    if lines != count:
        raise ValueError(f"{path}: {lines} vectors, the header says {count}")
    kept = [word for word in words if word in vectors]
    matrix = numpy.stack([vectors[word] for word in kept])
    if not numpy.isfinite(matrix).all():
        raise ValueError(f"{path}: not every number is finite")
    return kept, matrix / numpy.maximum(numpy.linalg.norm(matrix, axis=1, keepdims=True), 1e-20)


def read_questions(path):
    """Sections of (a, b, c, d) in lower case: a is to b as c is to d."""
    sections = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith(":"):
                questions = sections.setdefault(line[1:].strip(), [])
            elif line.strip():
                questions.append(line.lower().split())
    return sections


def analogies(words, matrix, questions_path, block=256):
    """For each section and for 'total', [right, asked]. Questions with an unknown word are not asked; a, b and c are no answers."""
    ids = {word: index for index, word in enumerate(words)}
    result = {}
    for section, questions in read_questions(questions_path).items():
        known = numpy.array([[ids[word] for word in question] for question in questions if all(word in ids for word in question)])
        right = 0
        if len(known):
            # 3CosAdd is linear, so every question word is compared with the vocabulary once and the questions only add rows.
            used, rows = numpy.unique(known[:, :3], return_inverse=True)
            similarity = matrix[used] @ matrix.T
            rows = rows.reshape(-1, 3)
            for start in range(0, len(known), block):
                a, b, c = rows[start:start + block].T
                scores = similarity[b] - similarity[a] + similarity[c]
                asked = known[start:start + block]
                numpy.put_along_axis(scores, asked[:, :3], -numpy.inf, axis=1)
                right += int((scores.argmax(axis=1) == asked[:, 3]).sum())
        result[section] = [right, len(known)]
    result["total"] = [sum(column) for column in zip(*result.values())]
    return result


def ranks(values):
    """Ranks from 1; equal values share their mean rank."""
    _, inverse, counts = numpy.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    return (last - (counts - 1) / 2)[inverse]


def word_similarity(words, matrix, path):
    """(Spearman's correlation of cosines with human scores, pairs with both words known)."""
    ids = {word: index for index, word in enumerate(words)}
    human, cosines = [], []
    with open(path, encoding="utf-8") as file:
        for line in file:
            first, second, score = line.lower().split("\t")
            if first in ids and second in ids:
                human.append(float(score))
                cosines.append(matrix[ids[first]] @ matrix[ids[second]])
    if len(human) < 2:
        return 0.0, len(human)
    return float(numpy.corrcoef(ranks(human), ranks(cosines))[0, 1]), len(human)


def evaluate(vectors_path, words, questions_path, similarity_path):
    """All figures of one vectors file over the candidate words, most frequent first."""
    kept, matrix = load_vectors(vectors_path, words)
    sections = analogies(kept, matrix, questions_path)
    right, asked = sections.pop("total")
    correlation, pairs = word_similarity(kept, matrix, similarity_path)
    semantic = [sum(column) for column in zip(*(value for name, value in sections.items() if not name.startswith("gram")))]
    return {"analogy": 100 * right / max(asked, 1), "asked": asked, "semantic": semantic, "sections": sections,
            "wordsim": 100 * correlation, "pairs": pairs, "candidates": len(kept)}


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit("usage: evaluate.py VECTORS.txt WORDS.txt questions-words.txt EN-WS-353-ALL.txt\n"
                 "WORDS.txt: the candidate words, most frequent first")
    with open(sys.argv[2], encoding="utf-8") as file:
        candidates = file.read().split()
    print(json.dumps(evaluate(sys.argv[1], candidates, *sys.argv[3:])))
