"""Progress bars on long work; silent when nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Tell = Callable[[str, int, int], None]
"""What a long task says: (what it does, how many are done, of how many)."""


@contextmanager
def progress_bars(*, quiet: bool) -> Iterator[Tell]:
    """Give a function that draws one bar a task on the error stream, or does nothing."""
    console = Console(stderr=True)
    if quiet or not (console.is_terminal or sys.stderr.isatty()):
        yield lambda _what, _done, _of: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        tasks = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=of)
            progress.update(tasks[what], completed=done, total=of)

        yield tell
