"""In: plain values of one subject. Out: responses, grades, stages, scores, doses, event dates.

Pure functions that say unknown (None) where a form is not complete. Open
`response/recist.py` first.
"""

from equipoise.oncology.disease.liver import albi, child_pugh
from equipoise.oncology.disease.staging import ajcc8_intrahepatic
from equipoise.oncology.dosing.body_size import body_surface_area, cockcroft_gault
from equipoise.oncology.dosing.dose import dose_mg
from equipoise.oncology.event_free.event_free import event_free_survival
from equipoise.oncology.response.best_response import best_overall_response, best_percentage_change
from equipoise.oncology.response.recist import Response
from equipoise.oncology.response.recist_timepoints import recist_responses
from equipoise.oncology.toxicity.ctcae import ctcae_grade

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
