"""A data set as ids, by as many processes as torchrun starts: SET FOLDER. Each tells in FOLDER what it found."""

import json
import sys
from pathlib import Path

from ml import shards
from ml.corpus import encode, load
from ml.errors import DataError
from ml.workers import join
from tests.unit.toys import SMALL


def main(data: Path, folder: Path) -> None:
    with join() as workers:
        try:
            corpus = load(data, SMALL, workers)
        except DataError as error:
            found: dict[str, object] = {"error": str(error)}
        else:
            encoded = encode(corpus, SMALL, workers)
            parts = encoded.training, encoded.validation, encoded.test, encoded.unlabelled
            learnt = corpus.training + corpus.validation + corpus.unlabelled
            found = {
                "set": corpus.sha256,
                "vocabulary": encoded.vocabulary.id,
                "rows": [[row.tolist() for row in part.rows] for part in parts],
                "labels": [part.labels.tolist() for part in parts],
                "empty": sum(part.empty for part in parts),
                "read": sum(line.example is not None for line in learnt),
                "cleaned": len(shards.texts(learnt + corpus.test, workers)),
                "judged": len(corpus.judged),
            }
        (folder / f"{workers.rank}.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
