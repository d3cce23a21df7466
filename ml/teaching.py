"""Labels for texts that have none, by two models that err differently: the LSTM and one of n-grams.

What both have learnt from the labelled texts is then taught to a new network, on many more texts: distillation
(Hinton, Vinyals and Dean, 2015) of two views (Blum and Mitchell, 1998).
"""

import torch
from torch import Tensor, nn

from ml import ngrams
from ml.encoded import Encoded
from ml.model import SentimentLSTM
from ml.progress import say
from ml.scoring import logits_of, right
from ml.workers import Workers


def soft_labels(
    network: SentimentLSTM, training: Encoded, validation: Encoded, unlabelled: Encoded, workers: Workers
) -> Tensor:
    """P(positive) (N,) of the unlabelled texts. How far each model is to be trusted is learnt on validation."""
    linear = ngrams.fit(training.rows, training.labels, network.embedding.num_embeddings)

    def both(data: Encoded) -> Tensor:
        return torch.stack([logits_of(network, data, workers), linear.logits(data.rows)], dim=1)  # (N, 2)

    judged = both(validation)
    weights = blend(judged, validation.labels)
    shares = [right(each, validation.labels).float().mean() for each in (judged[:, 0], judged[:, 1], judged @ weights)]
    say("of validation the model gets {:.4f} right, n-grams {:.4f}, both together {:.4f}".format(*shares))
    return torch.sigmoid(both(unlabelled) @ weights)


def blend(logits: Tensor, labels: Tensor) -> Tensor:
    """The weights (M,) of models' logits (N, M) whose weighted sum gives labels (N,) the highest likelihood."""
    weights = nn.Parameter(torch.full((logits.shape[1],), 1 / logits.shape[1]))
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = nn.functional.binary_cross_entropy_with_logits(logits @ weights, labels)
        value.backward()
        return value

    optimizer.step(loss)
    return weights.detach()
