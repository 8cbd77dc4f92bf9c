"""In: other people's tables, and the folders of finished runs. Out: the same, written whole.

Open `tables.py` first (CSV through a study's mapping), then `run_folder.py` (one run on disk).
"""

from equipoise.exchange.run_folder import Run, read_run, write_run
from equipoise.exchange.tables import read_tables, record_tables

__all__ = ["Run", "read_run", "read_tables", "record_tables", "write_run"]
