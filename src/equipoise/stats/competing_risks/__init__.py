"""In: times and which event ended them. Out: incidence, tests and models of competing events.

Open `aalen_johansen.py` first.
"""

from equipoise.stats.competing_risks.aalen_johansen import (
    aalen_johansen,
    aalen_johansen_by_group,
    incidence_at,
)
from equipoise.stats.competing_risks.cause_specific import cause_specific_cox
from equipoise.stats.competing_risks.fine_gray import fine_gray, predicted_incidence
from equipoise.stats.competing_risks.gray import gray
from equipoise.stats.competing_risks.multi_state import multi_state, occupation_at, time_in_state
from equipoise.stats.competing_risks.pointwise import Pointwise
from equipoise.stats.competing_risks.state_histories import state_histories

__all__ = [
    "Pointwise",
    "aalen_johansen",
    "aalen_johansen_by_group",
    "cause_specific_cox",
    "fine_gray",
    "gray",
    "incidence_at",
    "multi_state",
    "occupation_at",
    "predicted_incidence",
    "state_histories",
    "time_in_state",
]
