"""What the person at the terminal can do something about."""


class Problem(Exception):
    """One sentence (or two) that says what is wrong and what to do; shown instead of a traceback."""
