"""In: a design and what a look at it showed. Out: a changed design that keeps its error.

Open `combination.py` first (stages), then `conditional_error.py` (a new rest), `size_rules.py`,
`multi_arm.py`, `seamless.py` and `graphical.py`.
"""

from equipoise.design.adaptive.closed_testing import closed_combination_test
from equipoise.design.adaptive.combination import inverse_normal_test
from equipoise.design.adaptive.conditional_error import adapt_rest, conditional_error
from equipoise.design.adaptive.fisher_product import fisher_boundary
from equipoise.design.adaptive.graphical import graph_test
from equipoise.design.adaptive.graphical_sequential import graph_sequential_test
from equipoise.design.adaptive.hierarchical import hierarchical_course
from equipoise.design.adaptive.multi_arm import best_arm_course
from equipoise.design.adaptive.multi_arm_boundary import multi_arm_boundary
from equipoise.design.adaptive.sample_size_reestimation import reestimation_course
from equipoise.design.adaptive.seamless import seamless_course

__all__ = [
    "adapt_rest",
    "best_arm_course",
    "closed_combination_test",
    "conditional_error",
    "fisher_boundary",
    "graph_sequential_test",
    "graph_test",
    "hierarchical_course",
    "inverse_normal_test",
    "multi_arm_boundary",
    "reestimation_course",
    "seamless_course",
]
