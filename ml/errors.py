"""What can go wrong with data and models, each with a sentence for the person who has to mend it.

SentimentError
├── DataError
├── TrainingError
├── VocabularyError
├── ArtifactError
└── GoldenError
"""


class SentimentError(ValueError):
    """The root; a ValueError, because what was given is at fault."""


class DataError(SentimentError):
    """A data set that cannot be read, fetched or split."""


class TrainingError(SentimentError):
    """A run that cannot give a model."""


class VocabularyError(SentimentError):
    """A vocabulary document that cannot be trusted."""


class ArtifactError(SentimentError):
    """A model folder that is incomplete, damaged or inconsistent."""


class GoldenError(SentimentError):
    """A model that does not do what it did when it was trained."""
