"""In: what a person types. Out: the rooms' answers, printed for people or as JSON; exit codes.

Open `app.py` first: the list of commands. Each command is one module, loaded when it is called.
"""

from equipoise.cli.app import main

__all__ = ["main"]
