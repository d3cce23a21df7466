"""What one request may ask for. openapi.json states the same numbers; a test holds them equal."""

TEXT_CHARACTERS = 100_000
FEEDBACK_CHARACTERS = 20_000  # every one of which is kept; the longest of IMDb's reviews has 14,000
BODY_BYTES = 1_000_000
TEXTS = 25
DECIDED = 0.65  # confidence below which a text says too little, or too much of both, to be called either
EXPLAINED = 5  # texts, of as many characters together as one may have
SENTENCES = 100  # of one text, that are scored apart
BATCH_BYTES = 5_000_000_000  # S3 takes 5 GiB with one form
BATCHES = 20  # that are under way
BATCH_LINES = 50_000_000
