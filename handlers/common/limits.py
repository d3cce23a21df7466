"""What one request may ask for. openapi.json states the same numbers; a test holds them equal."""

TEXT_CHARACTERS = 100_000
BODY_BYTES = 1_000_000
TEXTS = 25
