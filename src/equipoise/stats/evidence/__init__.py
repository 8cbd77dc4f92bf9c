"""In: a trial and what is known beside it. Out: posterior, pooled, rebuilt, reweighted evidence.

Open `beta_binomial.py` first. Published curves become subjects again in `reconstruction.py`, trials
are pooled in `meta_analysis.py`, and subjects are made comparable in `propensity.py`.
"""

from equipoise.stats.evidence.beta_binomial import Beta, posterior, robust_prior
from equipoise.stats.evidence.digitised_curve import digitised_curve
from equipoise.stats.evidence.effect_sizes import effects_of_tables, trial_effects
from equipoise.stats.evidence.matching_adjusted import matching_weights
from equipoise.stats.evidence.meta_analysis import random_effects
from equipoise.stats.evidence.predictive_probability import predictive_probability
from equipoise.stats.evidence.propensity import propensity_score, propensity_weights
from equipoise.stats.evidence.reconstruction import guyot_reconstruction

__all__ = [
    "Beta",
    "digitised_curve",
    "effects_of_tables",
    "guyot_reconstruction",
    "matching_weights",
    "posterior",
    "predictive_probability",
    "propensity_score",
    "propensity_weights",
    "random_effects",
    "robust_prior",
    "trial_effects",
]
