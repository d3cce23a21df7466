"""Labels for texts that have none, by two models that err differently: the LSTM and one of n-grams.

What both have learnt from the labelled texts is then taught to a new network, on many more texts: distillation
(Hinton, Vinyals and Dean, 2015) of two views (Blum and Mitchell, 1998).
"""

import torch
from torch import Tensor, nn

from ml import ngrams
from ml.encoded import SHORT, Encoded
from ml.model import SentimentLSTM
from ml.progress import say
from ml.scoring import logits_of, right
from ml.workers import Workers

ENOUGH = 100  # validation texts of a length, from which it is learnt how far to trust whom


def soft_labels(
    network: SentimentLSTM, training: Encoded, validation: Encoded, unlabelled: Encoded, workers: Workers
) -> Tensor:
    """P(positive) (N,) of the unlabelled texts. How far each model is to be trusted is learnt on validation.

    The network's part is shared by the processes; the n-grams, and with them the labels, are the first one's alone:
    the others get zeros.
    """
    ours, theirs = logits_of(network, validation, workers), logits_of(network, unlabelled, workers)
    if workers.rank != 0:
        return torch.zeros_like(theirs)
    linear = ngrams.fit(training.rows, training.labels, network.embedding.num_embeddings)
    judged = torch.stack([ours, linear.logits(validation.rows)], dim=1)  # (N, 2)
    asked = torch.stack([theirs, linear.logits(unlabelled.rows)], dim=1)
    labels, found = torch.zeros(len(asked)), torch.tensor(validation.lengths) <= SHORT
    for name, chosen, wanted in (
        ("short", found, torch.tensor(unlabelled.lengths) <= SHORT),
        ("long", ~found, torch.tensor(unlabelled.lengths) > SHORT),
    ):
        # How far to trust which depends on the length; where validation has few of it, all of validation has to do.
        judges = torch.where(chosen)[0] if chosen.sum() >= ENOUGH else torch.arange(len(chosen))
        weights = blend(judged[judges], validation.labels[judges])
        columns = (*judged[judges].T, judged[judges] @ weights)
        shares = [right(each, validation.labels[judges]).float().mean() for each in columns]
        say("of {} validation texts the model gets {:.4f} right, n-grams {:.4f}, both {:.4f}".format(name, *shares))
        labels[wanted] = torch.sigmoid(asked[wanted] @ weights)
    return labels


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
