"""In: two rates, a margin and an error. Out: subjects and power of a comparison of two proportions.

Open `goal.py` first, then `normal_size.py`; exact tests are in `exact_region.py`.
"""

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
