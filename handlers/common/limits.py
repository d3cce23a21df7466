"""What one request may ask for. openapi.json states the same numbers; a test holds them equal."""

TEXT_CHARACTERS = 100_000
BODY_BYTES = 1_000_000
TEXTS = 25
EXPLAINED = 5  # texts, of as many characters together as one may have
SENTENCES = 100  # of one text, that are scored apart
