"""The sentiment model: from text to ids to a probability, and how it is trained and served."""
