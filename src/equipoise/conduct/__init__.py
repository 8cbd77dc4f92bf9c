"""In: commands of people. Out: an append-only log, and a `Snapshot` of what it says.

Open `commands.py` first (all that can be done), then `entering.py` (how a form is judged).
"""

from equipoise.conduct.chain import verify
from equipoise.conduct.commands import (
    allocate_subject,
    record_form,
    register_subject,
    sign_form,
)
from equipoise.conduct.desk import Desk, Person, open_desk
from equipoise.conduct.forms import FilledForm
from equipoise.conduct.receipt import Receipt
from equipoise.conduct.snapshot import Snapshot, take_snapshot

__all__ = [
    "Desk",
    "FilledForm",
    "Person",
    "Receipt",
    "Snapshot",
    "allocate_subject",
    "open_desk",
    "record_form",
    "register_subject",
    "sign_form",
    "take_snapshot",
    "verify",
]
