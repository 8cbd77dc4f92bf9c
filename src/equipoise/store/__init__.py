"""In: drafts of entries. Out: the same entries, sealed and kept (memory, SQLite).

Open `sqlite.py` first; `memory.py` is the same port without a disk.
"""

from equipoise.store.memory import MemoryLog
from equipoise.store.sqlite import SqliteLog

__all__ = ["MemoryLog", "SqliteLog"]
