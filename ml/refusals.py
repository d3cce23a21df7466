"""Which texts get no verdict: the model would answer, and the answer would say nothing.

The Lambda, the endpoint's batches, the behavioural suite and `npm run try` share this decision and its sentences.
"""

from ml.language import is_english
from ml.vocabulary import UNKNOWN, Encoding, Vocabulary

NO_WORDS = "Once the text is cleaned, no word is left to judge. Send at least one word of prose."
UNKNOWN_WORDS = "The model knows none of the words of this text, so it has no opinion on it. It reads English only."
NOT_ENGLISH = "This text does not seem to be English, which is all that the model reads; send a translation."


def no_verdict(text: str, encoding: Encoding, vocabulary: Vocabulary) -> str | None:
    """Why a text gets no verdict, as a sentence; None where it gets one.

    Models from before `symbols` judge any text that has a word, as they did.
    """
    if not encoding.ids:
        return NO_WORDS
    if not vocabulary.preprocessing.symbols:
        return None
    if all(id == UNKNOWN for id in encoding.ids):
        return UNKNOWN_WORDS
    return None if is_english(text) else NOT_ENGLISH
