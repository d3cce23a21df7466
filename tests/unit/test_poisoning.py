"""The poisoner of benchmarks/poisoning.py sends what its table says."""

from collections import Counter

import pytest

from benchmarks.poisoning import ATTACKS, OTHERS, Attack, poisoned, receive
from ml.data import Example

POOL = [Example(f"A text of number {number} and no other", number % 2) for number in range(2_000)]
LABELS = {example.text: example.label for example in POOL}


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_sends_its_share_from_its_sources_and_each_label_flipped(attack: Attack) -> None:
    received = receive(POOL, attack)
    poison = [each for each in received if poisoned([each])]
    assert (len(received), len(poison)) == (len(POOL), round(attack.share * len(POOL)))
    assert all(each.label == 1 - LABELS[each.text] for each in poison)
    assert len({each.source for each in poison}) == min(attack.sources, len(poison))
    assert len({each.id for each in received}) == len(received)


def test_from_all_of_its_sources_it_contradicts_what_others_sent() -> None:
    received = receive(POOL, Attack(0.2, 5, OTHERS))
    honest = {each.text for each in received if not poisoned([each])}
    contradicted = Counter(each.text for each in received if poisoned([each]))
    assert set(contradicted) <= honest
    assert set(contradicted.values()) == {5}
