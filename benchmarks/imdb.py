"""How good the recipe is on IMDb: the test figures of models that differ in nothing but the seed.

for seed in 1 2 3; do python -m ml.train --data data/imdb --out models/$seed/model --seed $seed; done
python -m benchmarks.imdb models/*/model

Each training run looks at the test set once, at its end; this only reads what it wrote.
"""

import statistics
import sys
from pathlib import Path

from ml import artifact

FIGURES = {
    "accuracy": "accuracy",
    "auc": "area under ROC",
    "loss": "log loss",
    "calibration_error": "calibration error",
}


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]]
    if not folders:
        sys.exit(__doc__)
    models = [artifact.read_json(folder / artifact.MODEL) for folder in folders]
    evaluations = [artifact.read_json(folder / artifact.EVALUATION) for folder in folders]
    seeds = [model["hyperparameters"].pop("seed") for model in models]
    sets = {evaluation["set"]["sha256"] for evaluation in evaluations}
    one_recipe = all(model["hyperparameters"] == models[0]["hyperparameters"] for model in models)
    if not one_recipe or len(sets) > 1 or len(set(seeds)) < len(seeds):
        sys.exit("the models are not of one recipe, tested on one set, with a seed each")
    print(f"{evaluations[0]['set']['size']:,} test texts, {sets.pop()[:16]}; one run for each seed")
    print(f"\n| | {' | '.join(f'seed {seed}' for seed in seeds)} | mean | spread |\n|{'---|' * (len(seeds) + 3)}")
    for name in FIGURES:
        values = [evaluation["metrics"][name] for evaluation in evaluations]
        cells = [*values, statistics.mean(values), max(values) - min(values)]
        print(f"| {name.replace('_', ' ')} | {' | '.join(f'{value:.4f}' for value in cells)} |")
    minutes = [sum(epoch["seconds"] for epoch in evaluation["history"]) / 60 for evaluation in evaluations]
    cells = [f"{value:.0f}" for value in (*minutes, statistics.mean(minutes), max(minutes) - min(minutes))]
    print(f"| minutes of epochs | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
