"""Which feedback may teach a model. Whoever may send some can try to poison it, so the rules trust no one sender.

Texts of the same words are one text here, whatever their case, punctuation and spaces (`ml.duplicates.key`). Each piece
of feedback meets the first of these rules that applies to it:

1. A text that the base set tests on is never taken: who trains on it is flattered by the test.
2. A text that the base set trains on, or may validate on, is not taken either: its label is trusted already.
3. A text has `least_words` words: a single word with a wrong label would teach the model that word.
4. A source that sent both sentiments for a text has said nothing about it.
5. Each source has one vote on a text, however often it sent it. What more than half of the votes say is the text's
   label; without such a majority the text is out.
6. From one source come at most `most_per_source` texts, and at most `largest_share` of all that are taken, so that few
   sources cannot outweigh many. A text is put down to that one of the sources that agree on it which sent fewest.
   Where a source sent more, its texts are drawn by their ids, which are hashes.

What is taken does not depend on the order or the time in which feedback came. Caps on sources, and the gate in front of
what was trained all the same, are what bounds damage; compare B. Nelson et al., "Exploiting Machine Learning to Subvert
Your Spam Filter", LEET 2008, and J. Steinhardt, P. W. Koh and P. Liang, "Certified Defenses for Data Poisoning
Attacks", NeurIPS 2017. Who commands many networks is many sources: no rule here tells these from people.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from ml.data import Example
from ml.duplicates import key
from ml.errors import DataError
from ml.text import Preprocessing, tokenise

WORDS = Preprocessing(stop_words="none")


@dataclass(frozen=True)
class Feedback:
    id: str
    text: str
    label: int  # 1 positive, 0 negative
    source: str  # equal for what one sender sent


@dataclass(frozen=True)
class Rules:
    least_words: int = 5
    most_per_source: int = 20
    largest_share: float = 0.1

    def __post_init__(self) -> None:
        if self.least_words < 1 or self.most_per_source < 1:
            raise DataError("feedback: the fewest words and the most texts of a source have to be 1 or more")
        if not 0 < self.largest_share <= 1:
            raise DataError(f"feedback: the largest share is above 0 and at most 1, not {self.largest_share:g}")


class Fate(Enum):
    """What becomes of a piece of feedback."""

    TAKEN = "taken"
    AGREEING = "agrees with one that is taken"
    HELD_OUT = "its text is one that models are tested on"
    KNOWN = "its text is in the base set, with a label that is trusted"
    SHORT = "its text has too few words"
    UNDECIDED = "its source sent both sentiments for this text"
    REPEATED = "its source sent these words before"
    CONTRADICTED = "others say the opposite, and neither is a majority"
    OUTVOTED = "most say the opposite"
    CAPPED = "its source has as many in the set as one may have"


@dataclass(frozen=True)
class Judgement:
    fates: dict[str, Fate]  # of each id
    taken: list[Feedback]  # by id; one a text
    cap: int  # texts that were taken of a source at most


def parse(name: str, document: bytes) -> Feedback:
    """The feedback of that id as handlers/feedback.py stored it. Raises DataError."""
    try:
        found = json.loads(document)
        text, label, source = (found[field] for field in ("text", "label", "source"))
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise DataError(f"feedback {name}: not what the service stores ({type(error).__name__})") from error
    if not isinstance(text, str) or not text.strip() or type(label) is not int or label not in (0, 1):
        raise DataError(f"feedback {name}: it needs a 'text' that is not blank, and a 'label' of 0 or 1")
    if not isinstance(source, str) or not source:
        raise DataError(f"feedback {name}: it needs a 'source'")
    return Feedback(name, text, label, source)


def judge(
    feedback: Iterable[Feedback], held_out: Iterable[Example], known: Iterable[Example], rules: Rules
) -> Judgement:
    """Apply the rules to feedback of distinct ids; `held_out` and `known` are what the base set tests and trains on."""
    tested, trained = ({key(example.text) for example in examples} for examples in (held_out, known))
    fates: dict[str, Fate] = {}
    by_text: dict[str, list[Feedback]] = defaultdict(list)
    for each in sorted(feedback, key=lambda each: each.id):
        words = key(each.text)
        if words in tested:
            fates[each.id] = Fate.HELD_OUT
        elif words in trained:
            fates[each.id] = Fate.KNOWN
        elif len(tokenise(each.text, WORDS)) < rules.least_words:
            fates[each.id] = Fate.SHORT
        else:
            by_text[words].append(each)
    agreed = [votes for each in by_text.values() if (votes := _majority(each, fates))]
    taken, cap = _cap(agreed, fates, rules)
    return Judgement(fates, taken, cap)


def _majority(of_one_text: Sequence[Feedback], fates: dict[str, Fate]) -> list[Feedback]:
    """The votes for the label that most sources give the text, one a source; none where there is no such label."""
    by_source: dict[str, list[Feedback]] = defaultdict(list)
    for each in of_one_text:
        by_source[each.source].append(each)
    votes: list[Feedback] = []
    for sent in by_source.values():
        decided = len({each.label for each in sent}) == 1
        fates |= {each.id: Fate.REPEATED if decided else Fate.UNDECIDED for each in sent}
        votes += sent[:1] if decided else []
    positive = sum(vote.label for vote in votes)
    if 2 * positive == len(votes):
        fates |= {vote.id: Fate.CONTRADICTED for vote in votes}
        return []
    winner = int(2 * positive > len(votes))
    fates |= {vote.id: Fate.OUTVOTED for vote in votes if vote.label != winner}
    return [vote for vote in votes if vote.label == winner]


def _cap(agreed: Sequence[Sequence[Feedback]], fates: dict[str, Fate], rules: Rules) -> tuple[list[Feedback], int]:
    """One vote of each text that is taken, and how many of a source at most."""
    sent = Counter(vote.source for votes in agreed for vote in votes)
    by_source: dict[str, list[tuple[Feedback, Sequence[Feedback]]]] = defaultdict(list)
    for votes in agreed:
        first = min(votes, key=lambda vote: (sent[vote.source], vote.id))
        by_source[first.source].append((first, votes))
    cap = largest_cap([len(texts) for texts in by_source.values()], rules)
    taken = []
    for texts in by_source.values():
        for place, (first, votes) in enumerate(sorted(texts, key=lambda text: text[0].id)):
            fates |= {vote.id: Fate.AGREEING if place < cap else Fate.CAPPED for vote in votes}
            if place < cap:
                fates[first.id] = Fate.TAKEN
                taken.append(first)
    return sorted(taken, key=lambda each: each.id), cap


def largest_cap(counts: Sequence[int], rules: Rules) -> int:
    """The most texts that may be taken of each source, given how many each has: 0 where there are too few sources."""
    for cap in range(min(rules.most_per_source, max(counts, default=0)), 0, -1):
        if cap <= rules.largest_share * sum(min(count, cap) for count in counts):
            return cap
    return 0
