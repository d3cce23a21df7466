"""Word vectors from texts without labels: what a network knows of words before it learns from a single label.

Words that keep the same company get similar vectors. Counted within a window, turned into positive pointwise mutual
information, and factored: Levy, Goldberg and Dagan, "Improving Distributional Similarity with Lessons Learned from
Word Embeddings", TACL 2015.
"""

import sys
from collections.abc import Sequence

import torch
from torch import Tensor
from tqdm import tqdm

from ml.vocabulary import FIRST_WORD, PADDING

WINDOW = 8  # words on either side; the nearer, the more they count
CONTEXTS = 10_000  # the most frequent words are company enough
SMOOTHING = 0.75  # of the contexts' frequencies, so that rare ones do not outweigh the others
FREQUENT = 50_000  # ids that get a vector, so that the table takes 2 GB of memory at most
BLOCK = 1000  # rows of the table at a time


def word_vectors(rows: Sequence[Tensor], vocabulary_size: int, dimension: int) -> Tensor:
    """A vector of length 1 for each id (V, E) that has company in `rows`, tensors of ids (T,); zeros for the others.

    The lower an id, the more frequent its word; the rarest words of a very large vocabulary get zeros, too. Random
    choices come from torch's generator.
    """
    table = _co_occurrences(rows, min(FREQUENT, vocabulary_size))
    _to_information(table)
    rank = min(dimension + 20, *table.shape)
    left, strengths, _ = torch.svd_lowrank(table, q=rank, niter=2)
    vectors = (left * strengths.sqrt())[:, :dimension]
    missing = dimension - vectors.shape[1], vocabulary_size - len(vectors)
    company = table.any(dim=1, keepdim=True)  # a word without any would get what rounding leaves
    vectors = torch.nn.functional.normalize(vectors * company, eps=1e-6)
    return torch.nn.functional.pad(vectors, (0, missing[0], 0, missing[1]))


def _co_occurrences(rows: Sequence[Tensor], ids: int) -> Tensor:
    """How often a word (V) has a context (C) within the window, the nearer ones weighing more."""
    contexts = min(CONTEXTS, ids)
    table = torch.zeros(ids * contexts)
    gap = torch.full((WINDOW,), PADDING)
    line = torch.cat([part for row in rows for part in (row, gap)])
    for distance in tqdm(range(1, WINDOW + 1), "word vectors", leave=False, disable=not sys.stdout.isatty()):
        weight = (WINDOW + 1 - distance) / WINDOW
        for words, company in ((line[:-distance], line[distance:]), (line[distance:], line[:-distance])):
            real = (words >= FIRST_WORD) & (words < ids) & (company >= FIRST_WORD) & (company < contexts)
            cells = words[real] * contexts + company[real]
            table.index_add_(0, cells, torch.full((len(cells),), weight))
    return table.view(ids, contexts)


def _to_information(table: Tensor) -> None:
    """Counts become positive pointwise mutual information, in nats, in place."""
    share = table.sum(dim=0) ** SMOOTHING
    share /= share.sum().clamp(min=1e-9)
    for block in table.split(BLOCK):
        block.div_(block.sum(dim=1, keepdim=True).clamp(min=1e-9)).div_(share.clamp(min=1e-9))
        block.clamp_(min=1.0).log_()
