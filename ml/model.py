"""The network: an embedding, one LSTM layer in one or two directions, pooling, a linear layer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ml.records import from_mapping
from ml.vocabulary import PADDING

POOLING = ("max-mean", "max", "mean", "last")
EMBEDDING_SCALE = 0.1


@dataclass(frozen=True)
class Architecture:
    """All that is needed to build the network before its weights are loaded."""

    vocabulary_size: int  # rows of the embedding, padding and unknown included
    embedding_dim: int
    hidden_dim: int  # of each direction
    bidirectional: bool
    pooling: str  # over all states, or "last": the state after the last word, as in a plain LSTM
    dropout: float  # of the pooled vector, while training
    embedding_dropout: float = 0.0  # of a text's embedding dimensions, while training

    def __post_init__(self) -> None:
        if self.pooling not in POOLING:
            choices = ", ".join(POOLING)
            raise ValueError(f"architecture: 'pooling' must be one of {choices}, not {self.pooling!r}")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Architecture":
        """The inverse of `to_dict`. A missing, unknown or ill-typed key raises ValueError."""
        return from_mapping(cls, values, "architecture")


@dataclass(frozen=True)
class Masks:
    """Dropout, drawn for the texts of a batch: factors, 0 where something is dropped. None drops nothing."""

    embedding: Tensor | None  # (B, 1, E): a dimension is dropped from all words of a text (Gal and Ghahramani, 2016)
    pooled: Tensor | None  # (B, P)

    def __getitem__(self, rows: slice) -> "Masks":
        """Those of some of the texts."""
        return Masks(
            None if self.embedding is None else self.embedding[rows],
            None if self.pooled is None else self.pooled[rows],
        )


class SentimentLSTM(nn.Module):
    """P(positive) of texts given as ids, PADDING on the right only.

    A text's score depends neither on its neighbours in the batch nor on the amount of padding. Sequences are
    padded and never packed: on a CPU a packed one misses the fast LSTM kernels, at twenty times the cost.

    Dropout is what `draw_masks` drew and nothing else. So the same masks can be used twice, as adversarial training
    does, and processes that share a batch can each take their rows of the same ones.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.pooling = architecture.pooling
        embedding_dim, hidden_dim = architecture.embedding_dim, architecture.hidden_dim
        self.embedding = nn.Embedding(architecture.vocabulary_size, embedding_dim, padding_idx=PADDING)
        self.forward_lstm = nn.LSTM(embedding_dim, hidden_dim, batch_first=True)
        self.backward_lstm = (
            nn.LSTM(embedding_dim, hidden_dim, batch_first=True) if architecture.bidirectional else None
        )
        self.dropout, self.embedding_dropout = architecture.dropout, architecture.embedding_dropout
        states = hidden_dim * (2 if architecture.bidirectional else 1)
        self.linear = nn.Linear(states * (2 if self.pooling == "max-mean" else 1), 1)
        self.reset()

    @torch.no_grad()
    def reset(self) -> None:
        """New weights, by torch's generator."""
        for module in (self.embedding, self.forward_lstm, self.backward_lstm, self.linear):
            if module is not None:
                module.reset_parameters()
        # torch's default of standard deviation 1 drowns the few words that a small corpus teaches.
        self.embedding.weight.mul_(EMBEDDING_SCALE)

    def forward(self, ids: Tensor, masks: Masks | None = None, half: bool = False) -> Tensor:
        """Logits (B,) of ids (B, T), T at least 1; with `half` the LSTMs compute in bfloat16."""
        return self.judge(self.embed(ids, masks), ids, masks, half)

    def draw_masks(self, texts: int) -> Masks:
        """Dropout for a batch of `texts`, by torch's generator."""
        weight = self.linear.weight
        return Masks(
            _mask((texts, 1, self.embedding.embedding_dim), self.embedding_dropout, weight),
            _mask((texts, self.linear.in_features), self.dropout, weight),
        )

    def embed(self, ids: Tensor, masks: Masks | None = None) -> Tensor:
        """ids (B, T) → (B, T, E)."""
        embedded = self.embedding(ids)
        return embedded if masks is None or masks.embedding is None else embedded * masks.embedding

    def judge(self, embedded: Tensor, ids: Tensor, masks: Masks | None = None, half: bool = False) -> Tensor:
        """Logits (B,) of embedded words (B, T, E); `ids` (B, T) tell where the padding is."""
        real = ids != PADDING  # (B, T)
        lengths = real.sum(dim=1).clamp(min=1)  # (B,)
        pooled = torch.cat(
            [self._pool(states, real, lengths) for states in self._read(embedded, lengths, half)], dim=-1
        )
        if masks is not None and masks.pooled is not None:
            pooled = pooled * masks.pooled
        return self.linear(pooled).squeeze(-1)

    def _read(self, embedded: Tensor, lengths: Tensor, half: bool) -> list[Tensor]:
        """Each direction's states (B, T, H), in the order in which it reads; the padding is on the right for both."""
        with torch.autocast(embedded.device.type, torch.bfloat16, enabled=half):
            directions = [self.forward_lstm(embedded)[0]]
            if self.backward_lstm is not None:
                reversed_ = _reorder(embedded, _reversal(lengths, embedded.shape[1]))
                directions.append(self.backward_lstm(reversed_)[0])
        return [states.float() for states in directions]

    def _pool(self, states: Tensor, real: Tensor, lengths: Tensor) -> Tensor:
        """One direction's states (B, T, H) → (B, H) or, for "max-mean", (B, 2H)."""
        if self.pooling == "last":
            return states[torch.arange(len(states), device=states.device), lengths - 1]
        padding = ~real.unsqueeze(-1)
        pooled = []
        if "max" in self.pooling:
            pooled.append(states.masked_fill(padding, -1.0).amax(dim=1))  # an LSTM's states lie between -1 and 1
        if "mean" in self.pooling:
            pooled.append(states.masked_fill(padding, 0.0).sum(dim=1) / lengths.unsqueeze(-1))
        return torch.cat(pooled, dim=-1)

    @torch.inference_mode()
    def predict(self, ids: Tensor, temperature: float | Tensor = 1.0) -> Tensor:
        """P(positive) (B,) of ids (B, T); `temperature`, one or (B,), calibrates it (Guo et al., 2017)."""
        return torch.sigmoid(self(ids) / temperature)


def _reversal(lengths: Tensor, longest: int) -> Tensor:
    """For each row the order (B, T) that reverses its real tokens and leaves the padding on the right."""
    positions = torch.arange(longest, device=lengths.device).unsqueeze(0)
    mirrored = lengths.unsqueeze(1) - 1 - positions
    return torch.where(mirrored >= 0, mirrored, positions)


def _reorder(states: Tensor, order: Tensor) -> Tensor:
    return states.gather(1, order.unsqueeze(-1).expand(-1, -1, states.shape[-1]))


def _mask(shape: tuple[int, ...], share: float, like: Tensor) -> Tensor | None:
    """Factors of mean 1: 0 for a `share` of them, the rest made up for it."""
    if not share:
        return None
    return (torch.rand(shape, dtype=like.dtype, device=like.device) >= share).to(like.dtype) / (1 - share)
