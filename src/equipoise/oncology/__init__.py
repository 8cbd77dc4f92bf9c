"""In: plain values of one subject. Out: responses, grades, stages, scores, doses, event dates.

Pure functions that say unknown (None) where a form is not complete. Open `recist.py` first.
"""

from equipoise.oncology.best_response import best_overall_response, best_percentage_change
from equipoise.oncology.body_size import body_surface_area, cockcroft_gault
from equipoise.oncology.ctcae import ctcae_grade
from equipoise.oncology.dosing import dose_mg
from equipoise.oncology.event_free import event_free_survival
from equipoise.oncology.liver import albi, child_pugh
from equipoise.oncology.recist import Response
from equipoise.oncology.recist_timepoints import recist_responses
from equipoise.oncology.staging import ajcc8_intrahepatic

__all__ = [
    "Response",
    "ajcc8_intrahepatic",
    "albi",
    "best_overall_response",
    "best_percentage_change",
    "body_surface_area",
    "child_pugh",
    "cockcroft_gault",
    "ctcae_grade",
    "dose_mg",
    "event_free_survival",
    "recist_responses",
]
