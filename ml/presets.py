"""Named sets of hyperparameters: `--preset notebook`. What a set does not name is as ml/hyperparameters.py has it.

No torch is needed to read them: the Lambda that starts training jobs does.
"""

PRESETS: dict[str, dict[str, int | float | bool | str]] = {
    "default": {},
    # For texts of a sentence or two, of which a push that a long review hardly feels would leave nothing.
    "sentences": {"epochs": 6, "learning_rate": 4e-3, "averaging": 0.99, "adversarial": 0.0},
    # The recipe of the notebook project that this one grew from, step by step.
    "notebook": {
        "epochs": 10,
        "keep": "last",
        "batch_size": 50,
        "learning_rate": 1e-3,
        "schedule": "constant",
        "weight_decay": 0.0,
        "clip": 1e3,
        "averaging": 0.0,
        "embedding_dim": 32,
        "hidden_dim": 200,
        "bidirectional": False,
        "pooling": "last",
        "dropout": 0.0,
        "embedding_dropout": 0.0,
        "word_dropout": 0.0,
        "word_vectors": False,
        "adversarial": 0.0,
        "self_training_epochs": 0,
        "vocabulary_size": 5000,
        "min_count": 1,
        "length": 500,
        "stop_words": "all",
        "strip_html": True,
        "alphanumeric": True,
        "lowercase": True,
        "symbols": False,
        "ends": False,
        "groups": False,
    },
}
