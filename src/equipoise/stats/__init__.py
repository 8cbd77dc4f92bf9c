"""In: arrays of one row for each subject. Out: frozen results with interval, counts and method.

Open `time_to_event/survival.py` first; each estimator or test has a file of its own name. The
rooms `proportions`, `time_to_event`, `competing_risks` and `evidence` offer more.
"""

from types import MappingProxyType

from equipoise.base.doors import opened
from equipoise.stats.logistic import logistic
from equipoise.stats.numerics.probability_scale import ProbabilityScale
from equipoise.stats.proportions.one_sample import clopper_pearson, wilson
from equipoise.stats.summary import summarise
from equipoise.stats.time_to_event.cox import Ties, cox
from equipoise.stats.time_to_event.logrank import logrank
from equipoise.stats.time_to_event.survival import (
    kaplan_meier,
    median,
    quantile,
    survival_at,
)

__all__ = [
    "ProbabilityScale",
    "Ties",
    "clopper_pearson",
    "cox",
    "kaplan_meier",
    "logistic",
    "logrank",
    "median",
    "quantile",
    "summarise",
    "survival_at",
    "wilson",
]

_ROOMS = MappingProxyType(
    {
        "competing_risks": "competing_risks",
        "evidence": "evidence",
        "proportions": "proportions",
        "time_to_event": "time_to_event",
    }
)


def __getattr__(name: str) -> object:
    """Open a room when it is first asked for."""
    return opened(__name__, name, behind=_ROOMS)


def __dir__() -> list[str]:
    """Name all that is offered, fetched or not."""
    return sorted({*globals(), *_ROOMS})
