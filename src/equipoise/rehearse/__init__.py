"""In: a study and a scenario. Out: the whole trial with virtual subjects, from record to results.

Open `trial.py` first (the walk), then `course_forms.py` (what a hospital writes down).
"""

from equipoise.rehearse.trial import Rehearsal, rehearse_trial

__all__ = ["Rehearsal", "rehearse_trial"]
