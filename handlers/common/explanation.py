"""Why a text got its score: what each word added, and what each sentence would get alone."""

from collections.abc import Callable
from typing import Any

from handlers.common.limits import SENTENCES
from ml.spans import Span, locate, sentences
from ml.vocabulary import Vocabulary

Place = tuple[int, int]


def reasons(
    text: str,
    vocabulary: Vocabulary,
    score: float,
    weights: list[float],
    score_rows: Callable[[list[list[int]]], list[float]],
) -> dict[str, Any]:
    """`words` and `sentences` of a text, both with the characters start … end - 1 where they stand.

    `weights` are what the text's ids add to the logit: the first words', where the text is longer than the model reads.
    A sentence's score is what `score_rows` gives its ids; a text of one sentence has that of the text.
    """
    spans = locate(text, vocabulary.preprocessing)
    words = [
        {"text": text[span.start : span.end], "start": span.start, "end": span.end, "weight": weight}
        for span, weight in zip(spans, weights, strict=False)
    ]
    found = [(place, ids) for place, ids in _rows(text, spans, vocabulary) if ids]
    scores = score_rows([ids for _, ids in found]) if len(found) > 1 else [score]
    return {
        "words": words,
        "sentences": [
            {"start": start, "end": end, "score": round(each, 6)}
            for ((start, end), _), each in zip(found, scores, strict=True)
        ],
    }


def _rows(text: str, spans: list[Span], vocabulary: Vocabulary) -> list[tuple[Place, list[int]]]:
    """Each sentence with its words' ids; of more than SENTENCES, as many neighbours together as bring them below."""
    places = sentences(text)
    together = -(-len(places) // SENTENCES) or 1
    joined = [
        (places[first][0], places[min(first + together, len(places)) - 1][1])
        for first in range(0, len(places), together)
    ]
    rows, index = [], 0
    for start, end in joined:
        words = []
        while index < len(spans) and spans[index].start < end:
            words.append(spans[index].word)
            index += 1
        rows.append(((start, end), vocabulary.look_up(words).ids))
    return rows
