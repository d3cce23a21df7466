"""The network: an embedding, one LSTM layer in one or two directions, pooling, a linear layer."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ml.records import from_mapping
from ml.vocabulary import PADDING

POOLING = ("max-mean", "last")
EMBEDDING_SCALE = 0.1


@dataclass(frozen=True)
class Architecture:
    """All that is needed to build the network before its weights are loaded."""

    vocabulary_size: int  # rows of the embedding, padding and unknown included
    embedding_dim: int
    hidden_dim: int  # of each direction
    bidirectional: bool
    pooling: str  # "max-mean" over all states, or "last": the state after the last word, as in a plain LSTM
    dropout: float

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


class SentimentLSTM(nn.Module):
    """P(positive) of texts given as ids, PADDING on the right only.

    A text's score depends neither on its neighbours in the batch nor on the amount of padding. Sequences are
    padded and never packed: on a CPU a packed one misses the fast LSTM kernels, at twenty times the cost.
    """

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.pooling = architecture.pooling
        embedding_dim, hidden_dim = architecture.embedding_dim, architecture.hidden_dim
        self.embedding = nn.Embedding(architecture.vocabulary_size, embedding_dim, padding_idx=PADDING)
        with torch.no_grad():
            # torch's default of standard deviation 1 drowns the few words that a small corpus teaches.
            self.embedding.weight.mul_(EMBEDDING_SCALE)
        self.forward_lstm = nn.LSTM(embedding_dim, hidden_dim, batch_first=True)
        self.backward_lstm = (
            nn.LSTM(embedding_dim, hidden_dim, batch_first=True) if architecture.bidirectional else None
        )
        self.dropout = nn.Dropout(architecture.dropout)
        states = hidden_dim * (2 if architecture.bidirectional else 1)
        self.linear = nn.Linear(states * (2 if self.pooling == "max-mean" else 1), 1)

    def forward(self, ids: Tensor) -> Tensor:
        """Logits (B,) of ids (B, T), T at least 1."""
        real = ids != PADDING  # (B, T)
        lengths = real.sum(dim=1).clamp(min=1)  # (B,)
        embedded = self.dropout(self.embedding(ids))  # (B, T, E)
        states, _ = self.forward_lstm(embedded)  # (B, T, H)
        last = _at(states, lengths - 1)  # (B, H)
        if self.backward_lstm is not None:
            order = _reversal(lengths, ids.shape[1])  # (B, T)
            backward, _ = self.backward_lstm(_reorder(embedded, order))
            last = torch.cat([last, _at(backward, lengths - 1)], dim=-1)
            states = torch.cat([states, _reorder(backward, order)], dim=-1)  # (B, T, 2H)
        pooled = last if self.pooling == "last" else _max_mean(states, real, lengths)
        return self.linear(self.dropout(pooled)).squeeze(-1)

    @torch.inference_mode()
    def predict(self, ids: Tensor, temperature: float = 1.0) -> Tensor:
        """P(positive) (B,) of ids (B, T); `temperature` calibrates it (Guo et al., 2017)."""
        return torch.sigmoid(self(ids) / temperature)


def _at(states: Tensor, positions: Tensor) -> Tensor:
    """states[b, positions[b]]: (B, T, H), (B,) → (B, H)."""
    return states[torch.arange(len(states), device=states.device), positions]


def _reversal(lengths: Tensor, longest: int) -> Tensor:
    """For each row the order (B, T) that reverses its real tokens and leaves the padding on the right."""
    positions = torch.arange(longest, device=lengths.device).unsqueeze(0)
    mirrored = lengths.unsqueeze(1) - 1 - positions
    return torch.where(mirrored >= 0, mirrored, positions)


def _reorder(states: Tensor, order: Tensor) -> Tensor:
    return states.gather(1, order.unsqueeze(-1).expand(-1, -1, states.shape[-1]))


def _max_mean(states: Tensor, real: Tensor, lengths: Tensor) -> Tensor:
    """Maximum and mean over the real tokens: (B, T, H) → (B, 2H)."""
    padding = ~real.unsqueeze(-1)
    highest = states.masked_fill(padding, -1.0).amax(dim=1)  # an LSTM's states lie between -1 and 1
    mean = states.masked_fill(padding, 0.0).sum(dim=1) / lengths.unsqueeze(-1)
    return torch.cat([highest, mean], dim=-1)
