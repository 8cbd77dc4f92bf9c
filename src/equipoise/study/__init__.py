"""In: a folder of YAML. Out: the protocol as one frozen `Study`, or every fault of it.

Open `study.py` first (the whole value), then `load.py` (how a folder becomes one).
"""

from equipoise.study.load import Reading, load_study, read_study
from equipoise.study.study import Study

__all__ = ["Reading", "Study", "load_study", "read_study"]
