"""The gate: may a candidate replace the model that serves? Judged by figures alone, without a call to AWS."""

from dataclasses import dataclass
from typing import Any

APPROVED, REJECTED, PENDING = "Approved", "Rejected", "PendingManualApproval"  # as SageMaker's registry names them


@dataclass(frozen=True)
class Thresholds:
    """What serverless.yml asks of a candidate."""

    floor: float  # least accuracy, whatever serves
    gain: float  # least accuracy above the champion's
    significance: float  # largest p-value of McNemar's test


@dataclass(frozen=True)
class Champion:
    """The model that serves, as far as it matters here."""

    version: str
    test_set: str | None  # hash of the held-out set that it was judged on itself; None where nobody noted it


def judge(evaluation: dict[str, Any], champion: Champion | None, thresholds: Thresholds) -> tuple[str, list[str]]:
    """(status, reasons) for what a training job's evaluation.json says.

    Only the same texts, judged by both models in the same job, show that one is better than the other. Where there
    is no such comparison, a candidate above the floor waits for a person.
    """
    accuracy, texts = float(evaluation["metrics"]["accuracy"]), evaluation["set"]["size"]
    measured = f"Accuracy {accuracy:.4f} on {texts:,} held-out texts"
    if not accuracy >= thresholds.floor:
        return REJECTED, [f"{measured} is below the floor of {thresholds.floor:g}."]
    reasons = [f"{measured} reaches the floor of {thresholds.floor:g}."]
    if champion is None:
        return APPROVED, reasons
    if obstacle := _incomparable(evaluation, champion):
        return PENDING, [*reasons, obstacle, "Whether it is the better one has to be decided by a person."]
    return _compared(accuracy, evaluation["champion"], thresholds, reasons)


def _incomparable(evaluation: dict[str, Any], champion: Champion) -> str | None:
    """Why the figures do not say which of the two is better."""
    found = evaluation.get("champion") or {}
    if champion.test_set is None or champion.test_set != evaluation["set"].get("sha256"):
        return f"Its held-out texts are others than those of {champion.version}, which serves."
    if "error" in found:
        return f"{champion.version}, which serves, could not be judged beside it: {found['error']}."
    if found.get("version") != champion.version:
        return f"It was not judged beside {champion.version}, which serves now."
    return None


def _compared(
    accuracy: float, found: dict[str, Any], thresholds: Thresholds, reasons: list[str]
) -> tuple[str, list[str]]:
    gain, chance = accuracy - float(found["metrics"]["accuracy"]), float(found["mcnemar"]["p_value"])
    beside = f"{gain:+.4f} beside {found['version']}, which serves"
    if not gain >= thresholds.gain:  # a NaN is not, either
        return REJECTED, [*reasons, f"{beside}: less than the smallest gain of {thresholds.gain:g}."]
    if not chance <= thresholds.significance:
        return REJECTED, [
            *reasons,
            f"{beside}, may be an accident: McNemar's p is {chance:.3g}, above {thresholds.significance:g}.",
        ]
    return APPROVED, [*reasons, f"{beside}; McNemar's p is {chance:.2g}."]
