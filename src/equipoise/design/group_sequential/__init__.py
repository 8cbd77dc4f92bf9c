"""In: information fractions and errors. Out: boundaries, and what a trial that obeys them does.

Open `boundaries.py` first, then `plan.py` and `sizing.py`; nothing here knows the endpoint.
"""

from equipoise.design.group_sequential.boundaries import classic_boundary, efficacy_boundary
from equipoise.design.group_sequential.conditional_power import (
    assurance,
    conditional_power,
    predictive_power,
)
from equipoise.design.group_sequential.crossing import Bounds, crossings
from equipoise.design.group_sequential.observed import observed_boundary
from equipoise.design.group_sequential.plan import SequentialPlan
from equipoise.design.group_sequential.sizing import GroupSequentialBoundary, size_group_sequential
from equipoise.design.group_sequential.stagewise import stagewise_inference

__all__ = [
    "Bounds",
    "GroupSequentialBoundary",
    "SequentialPlan",
    "assurance",
    "classic_boundary",
    "conditional_power",
    "crossings",
    "efficacy_boundary",
    "observed_boundary",
    "predictive_power",
    "size_group_sequential",
    "stagewise_inference",
]
