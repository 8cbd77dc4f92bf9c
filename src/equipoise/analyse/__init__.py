"""In: a study and its analysis datasets. Out: result rows, each with its method and its rows.

Open `study.py` first, then `results.py` (what a row is) and `selection.py` (the rows behind it).
"""

from equipoise.analyse.results import RESULTS
from equipoise.analyse.study import analyse_study

__all__ = ["RESULTS", "analyse_study"]
