"""How a model behaves, beside how often it is right: plain sentences, and what may not change their verdict.

The cases are made of this package's own templates and words, so they are the same for every model and owe nothing to
any training data. Nothing here needs torch, unless it is asked to score with a model's folder.
"""
