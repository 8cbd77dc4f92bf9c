"""In: a study and one of its scenarios. Out: virtual subjects, with their course under each arm.

Open `subject.py` first (what a virtual subject is), then `draw.py` (how one comes about).
"""

from equipoise.simulate.draw import draw_arrivals, draw_subject, draw_subjects
from equipoise.simulate.subject import VirtualCourse, VirtualSubject

__all__ = ["VirtualCourse", "VirtualSubject", "draw_arrivals", "draw_subject", "draw_subjects"]
