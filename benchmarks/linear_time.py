"""Does any kind of text take more than linear time to clean? And a whole request of the worst kind, how long?

python -m benchmarks.linear_time             # 2 minutes: all kinds of text, four lengths
python -m benchmarks.linear_time --worst 5   # the table of the five that take longest

The kinds are those of the tests (tests/unit/hostile.py) that can be of any length: what BeautifulSoup, html.parser,
nltk and regular expressions have been slow at, or may be. `exponent` is the slope of time over length, both as
logarithms: 1 is linear, 2 quadratic. Processor time of one core.
"""

import argparse
import gc
import json
import math
import time
from collections.abc import Callable
from typing import Any

from handlers.common.explanation import take_apart
from handlers.common.limits import BODY_BYTES, TEXT_CHARACTERS, TEXTS
from ml.spans import sentences
from ml.text import _WORDS, Preprocessing, preload, tokenise
from ml.vocabulary import Vocabulary

LENGTHS = [TEXT_CHARACTERS // share for share in (8, 4, 2, 1)]
UNITS = [
    *("g", "g ", "g' ", "'", "<", "<b>", "<b>x", "</b>", "<p>x", "<br>", "<b a='", "<!--", "<!", "<![CDATA[", "<?"),
    *("&", "&#9", "&amp;", "&eacute;", "&nosuch;", "<textarea>&amp;<b>", "<script>", "<table><tr><td>", "<svg>"),
    *(
        "don't ",
        "cannot ",
        "İ",
        "映 ",
        "\u0301",
        "\u200b",
        "\u202e",
        "\x00",
        ". ",
        "g. ",
        "...",
        "\n",
        "(",
        "http://g.h/ ",
    ),
]
MADE: dict[str, Callable[[int], str]] = {
    "words, no two alike": lambda n: " ".join(f"{number:x}g" for number in range(n)),
    "words of quotes, no two alike": lambda n: " ".join(f"{number:x}'{number:x}'s" for number in range(n)),
    "nested tags with a text after each": lambda n: "<b>" * (n // 8) + "x</b>" * (n // 8),
    "nested tags that hide": lambda n: "<template>" * (n // 22) + "x</template>" * (n // 22),
    "empty elements, then end tags": lambda n: "<br>" * (n // 9) + "</i>" * (n // 9),
    "a tag of many attributes": lambda n: "<a " + " ".join(f"a{number}=1" for number in range(n // 9)) + ">",
}
KINDS = {f"`{unit!r}` again and again": lambda n, unit=unit: unit * (n // len(unit) + 1) for unit in UNITS} | MADE
CLEANED, AS_IT_IS = Preprocessing(), Preprocessing(alphanumeric=False)
VOCABULARY = Vocabulary(("good", "bad", "film"), CLEANED)
STEPS: dict[str, Callable[[str], Any]] = {
    "cleaned": lambda text: tokenise(text, CLEANED),
    "cleaned, every character kept": lambda text: tokenise(text, AS_IT_IS),
    "explained": lambda text: take_apart(text, VOCABULARY),
    "in sentences": sentences,
}


def seconds(step: Callable[[str], Any], text: str, repeats: int = 2) -> float:
    """The best of some runs, each of which meets all words for the first time."""
    times = []
    for _ in range(repeats):
        for words in _WORDS.values():
            words.clear()
        gc.collect()
        started = time.process_time()
        step(text)
        times.append(time.process_time() - started)
    return min(times)


def exponent(times: list[float]) -> float:
    """The slope of the line of least squares through the times at LENGTHS, both as logarithms."""
    x, y = [math.log(length) for length in LENGTHS], [math.log(max(each, 1e-6)) for each in times]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    slope = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return slope / sum((a - mean_x) ** 2 for a in x)


def request(kind: Callable[[int], str]) -> str:
    """The largest body that the route takes: as many texts as it may hold, and as many bytes."""
    texts = [kind(TEXT_CHARACTERS)[: BODY_BYTES // TEXTS] for _ in range(TEXTS)]
    while len(body := json.dumps({"texts": texts}, ensure_ascii=False).encode()) > BODY_BYTES:
        texts = [text[: len(text) * BODY_BYTES // len(body) - 1] for text in texts]
    return body.decode()


def judge(body: str) -> None:
    """What the Lambda does for a request beside waiting."""
    for text in json.loads(body)["texts"]:
        VOCABULARY.encode(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worst", type=int, default=len(KINDS) * len(STEPS), help="lines to print")
    options = parser.parse_args()
    preload()
    measured = {
        (step, kind): [seconds(STEPS[step], make(length)[:length]) for length in LENGTHS]
        for step in STEPS
        for kind, make in KINDS.items()
    }
    slowest = sorted(measured, key=lambda each: -measured[each][-1])
    print("| step | text | " + " | ".join(f"{length:,}" for length in LENGTHS) + " | exponent |")
    print("|---|---|" + "---|" * (len(LENGTHS) + 1))
    for step, kind in slowest[: options.worst]:
        times = measured[step, kind]
        cells = [f"{1000 * each:.0f}" for each in times]
        print(f"| {step} | {kind} | {' | '.join(cells)} | {exponent(times):.2f} |")
    # Of what takes less than a hundredth of a second the clock sees too little.
    exponents = [exponent(times) for times in measured.values() if times[-1] > 0.01]
    print(
        f"{len(measured)} pairs; the exponents of the {len(exponents)} of 10 ms or more: {max(exponents):.2f} at most"
    )
    candidates = [kind for step, kind in slowest if step == "cleaned"][:8]
    whole = {kind: seconds(judge, request(KINDS[kind]), 1) for kind in candidates}
    kind = max(whole, key=whole.__getitem__)
    print(f"a request of {TEXTS} texts and {BODY_BYTES:,} bytes: {whole[kind]:.1f} s at most, of {kind}")


if __name__ == "__main__":
    main()
