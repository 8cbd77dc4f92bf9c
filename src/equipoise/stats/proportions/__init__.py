"""In: counts or 0/1 columns. Out: proportions, their differences and ratios, tests of tables.

Open `one_sample.py` first, then `fourfold.py`. More intervals are in `one_sample_intervals`,
`difference` and `ratio`; strata in `stratified_difference`, `exact_stratified` and
`generalised_mantel_haenszel`.
"""

from equipoise.stats.proportions.difference import miettinen_nurminen, newcombe
from equipoise.stats.proportions.exact_tests import fisher_exact, odds_ratio_conditional
from equipoise.stats.proportions.fourfold import FourfoldTable, fourfold_tables
from equipoise.stats.proportions.one_sample import clopper_pearson, wilson
from equipoise.stats.proportions.ratio import risk_ratio_miettinen_nurminen
from equipoise.stats.proportions.stratified import (
    cochran_mantel_haenszel,
    mantel_haenszel_odds_ratio,
)
from equipoise.stats.proportions.stratified_difference import stratified_miettinen_nurminen

__all__ = [
    "FourfoldTable",
    "clopper_pearson",
    "cochran_mantel_haenszel",
    "fisher_exact",
    "fourfold_tables",
    "mantel_haenszel_odds_ratio",
    "miettinen_nurminen",
    "newcombe",
    "odds_ratio_conditional",
    "risk_ratio_miettinen_nurminen",
    "stratified_miettinen_nurminen",
    "wilson",
]
