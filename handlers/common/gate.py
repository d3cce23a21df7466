"""The gate: may a candidate replace the model that serves? Judged by figures alone, without a call to AWS."""

from dataclasses import dataclass
from typing import Any

APPROVED, REJECTED, PENDING = "Approved", "Rejected", "PendingManualApproval"  # as SageMaker's registry names them

ROUNDING = 1e-9  # 0.55 - 0.5 is more than 0.05


@dataclass(frozen=True)
class Thresholds:
    """What serverless.yml asks of a candidate."""

    floor: float  # least accuracy, whatever serves
    gain: float  # least accuracy above the champion's
    significance: float  # largest p-value of McNemar's test
    behaviour: float | None = None  # most that a capability's failure rate may be above the champion's; None: whatever


@dataclass(frozen=True)
class Champion:
    """The model that serves, as far as it matters here."""

    version: str
    test_set: str | None  # hash of the held-out set that it was judged on itself; None where nobody noted it


def judge(evaluation: dict[str, Any], champion: Champion | None, thresholds: Thresholds) -> tuple[str, list[str]]:
    """(status, reasons) for what a training job's evaluation.json says.

    Only the same texts, judged by both models in the same job, show that one is better than the other. Where there
    is no such comparison, a candidate above the floor waits for a person; unless it behaves worse than may be.
    """
    accuracy, texts = float(evaluation["metrics"]["accuracy"]), evaluation["set"]["size"]
    measured = f"Accuracy {accuracy:.4f} on {texts:,} held-out texts"
    if not accuracy >= thresholds.floor:
        return REJECTED, [f"{measured} is below the floor of {thresholds.floor:g}."]
    reasons = [f"{measured} reaches the floor of {thresholds.floor:g}."]
    if champion is None:
        return APPROVED, reasons
    if thresholds.behaviour is not None and not _same_suite(evaluation, champion):
        reasons.append("Its behaviour was not compared with the serving model's: they were not measured on one suite.")
    worse = _worse_behaviour(evaluation, champion, thresholds.behaviour)
    if obstacle := _incomparable(evaluation, champion):
        reasons = [*reasons, obstacle]
        if worse:
            return REJECTED, [*reasons, *worse]
        return PENDING, [*reasons, "Whether it is the better one has to be decided by a person."]
    status, reasons = _compared(accuracy, evaluation["champion"], thresholds, reasons)
    return (REJECTED, [*reasons, *worse]) if status == APPROVED and worse else (status, reasons)


def _worse_behaviour(evaluation: dict[str, Any], champion: Champion, most: float | None) -> list[str]:
    """A sentence for each capability that it fails by more than `most` oftener than the champion, in the same suite."""
    if most is None or not _same_suite(evaluation, champion):
        return []
    found, others = evaluation["behaviour"], evaluation["champion"]["behaviour"]
    both = {
        capability: (float(each["rate"]), float(others["capabilities"][capability]["rate"]))
        for capability, each in found["capabilities"].items()
        if capability in others["capabilities"]
    }
    return [
        f"Of the cases of {capability} it fails {own:.1%}, {champion.version}, which serves, {other:.1%}: "
        f"more than {most * 100:g} percentage points worse."
        for capability, (own, other) in both.items()
        if not own - other <= most + ROUNDING  # a NaN is not, either
    ]


def _same_suite(evaluation: dict[str, Any], champion: Champion) -> bool:
    """Whether one job measured both models on the same behavioural cases."""
    beside = evaluation.get("champion") or {}
    found, others = evaluation.get("behaviour") or {}, beside.get("behaviour") or {}
    same = found.get("suite") is not None and found["suite"] == others.get("suite")
    return same and beside.get("version") == champion.version


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
