"""Why a text got its score: what each word added, and what each sentence would get alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.common.limits import SENTENCES
from ml.notation import MARKS
from ml.spans import Span, locate, sentences
from ml.vocabulary import Vocabulary


@dataclass(frozen=True)
class Parts:
    """The words of a text, and its sentences that hold any: where each begins and ends, and the ids of its words."""

    text: str
    words: list[Span]  # those that the model reads
    places: list[tuple[int, int]]
    rows: list[list[int]]


def take_apart(text: str, vocabulary: Vocabulary) -> Parts:
    """The text's parts; of more than SENTENCES sentences, as many neighbours together as bring them below."""
    words, ends = locate(text, vocabulary.preprocessing), sentences(text)
    together = -(-len(ends) // SENTENCES) or 1
    groups = [ends[first : first + together] for first in range(0, len(ends), together)]
    places, rows, index = [], [], 0
    for group in groups:
        begin = index
        while index < len(words) and words[index].start < group[-1][1]:
            index += 1
        # A sentence of marks alone, such as a link on a line of its own, has no ids, and no endpoint takes it.
        if ids := vocabulary.look_up([word.word for word in words[begin:index]]).ids:
            places.append((group[0][0], group[-1][1]))
            rows.append(ids)
    return Parts(text, vocabulary.read_of(words), places, rows)


def reasons(parts: Parts, weights: list[float], scores: Sequence[float]) -> dict[str, Any]:
    """`words` and `sentences`, with the characters start … end - 1 where they stand.

    `weights` are what the text's ids add to the logit.
    `scores` are those of the sentences, or none where nobody scored them.
    """
    return {
        "words": [
            {"text": parts.text[word.start : word.end], "start": word.start, "end": word.end, "weight": weight}
            for word, weight in zip(parts.words, weights, strict=True)
            if word.word not in MARKS  # which `tokens` does not count, either
        ],
        "sentences": [
            {"start": start, "end": end, "score": round(score, 6)}
            for (start, end), score in zip(parts.places, scores, strict=bool(scores))
        ],
    }
