"""What no scenario says and a rehearsal needs: ordinary habits of hospitals, as plain numbers.

None of these moves a design: the scenario rules response, surgery, recurrence and death.
"""

from __future__ import annotations

SCREENING_DAYS = (3, 14)
"""Days from screening to enrolment, at least and at most, where the schedule allows it."""

TARGET_LESIONS = ((1, 0.60), (2, 0.28), (3, 0.12))
"""Shares of subjects with one, two and three target lesions."""

NON_TARGET_SHARE = 0.25
"""Share of subjects with a non-target lesion."""

TARGET_MM = (10.0, 250.0)
TARGET_NODE_MM = (15.0, 40.0)
"""RECIST 1.1: a target has at least 10 mm, a node 15 mm in its short axis."""

DEPTH_OF_PARTIAL = (-0.85, -0.33)
DEPTH_OF_STABLE = (-0.25, 0.12)
GROWTH_OF_PROGRESSION = (0.25, 0.70)
"""Change of the sum of diameters from baseline at the last scan, as a share, lowest to highest."""

NEW_LESION_SHARE = 0.5
"""Share of progressions that show as a new lesion instead of growth."""

NEW_THERAPY_SHARE = 0.7
NEW_THERAPY_DAYS = (14, 56)
"""Who gets a new therapy after recurrence, progression or a failed operation, and when."""

GRADE_4_SHARE = 0.15
GRADE_2_SHARE = 0.45
"""Grade 4 among events of grade 3 or 4; grade 2 among events of grade 1 or 2."""

SERIOUS_SHARE = 0.35
RELATED_SHARE = 0.8
ONGOING_SHARE = 0.1
"""Of events of grade 3: serious; of events under drugs: related; of all: without an end."""

PARTIAL_DATE_SHARE = 0.08
"""Of events that end: only the month of the end is known."""

LOST_SHARE = 0.5
"""Of subjects who drop out: lost to follow-up; the others withdrew."""

EVENT_DAYS = (3, 28)
"""How long an adverse event lasts."""

EVENTS_AFTER_SURGERY_DAYS = 30
EVENTS_AFTER_DOSE_DAYS = 21
"""How long after an operation and after the last dose an adverse event still begins."""

LABORATORY_SPREAD = 0.05
"""Standard deviation of the logarithm of a laboratory value between visits of one subject."""

WEIGHT_SPREAD = 0.015
PRESSURE_SPREAD = 6.0
LEAST_PULSE_PRESSURE = 20.0
"""Vital signs between visits: weight as a share, pressures and their distance in mmHg."""

INFLUENCE_OF_RESPONSE = 0.5
"""Share of the variance of viable tumour that the response before surgery explains."""
