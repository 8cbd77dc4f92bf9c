"""In: two rates, a margin and an error. Out: subjects and power of a comparison of two proportions.

Open `goal.py` first, then `normal_size.py`; exact tests are in `exact_region.py`
and `fisher_size.py`.
"""

from types import MappingProxyType

from equipoise.base.doors import opened
from equipoise.design.two_proportions.goal import (
    OddsRatio,
    ProportionTest,
    RiskDifference,
    RiskRatio,
    TwoRates,
)
from equipoise.design.two_proportions.normal_size import (
    critical_rate,
    detectable_rate,
    size_two_proportions,
    two_proportion_power,
)
from equipoise.design.two_proportions.sequential import (
    sequential_proportion_power,
    size_sequential_proportions,
)

__all__ = [
    "OddsRatio",
    "ProportionTest",
    "RiskDifference",
    "RiskRatio",
    "TwoRates",
    "critical_rate",
    "detectable_rate",
    "sequential_proportion_power",
    "size_sequential_proportions",
    "size_two_proportions",
    "two_proportion_power",
]

_COMPILED = MappingProxyType({"size_fisher": "fisher_size"})


def __getattr__(name: str) -> object:
    """Fetch what needs a compiler when it is first asked for."""
    return opened(__name__, name, behind=_COMPILED)


def __dir__() -> list[str]:
    """Name all that is offered, fetched or not."""
    return sorted({*globals(), *_COMPILED})
