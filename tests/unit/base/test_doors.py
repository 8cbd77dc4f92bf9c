import subprocess
import sys
from types import ModuleType

import pytest

from equipoise import design, stats
from equipoise.base.doors import opened

SLOW = ("numba", "polars", "scipy.optimize", "scipy.stats")
LOADED = """
import sys
from equipoise import {room}
rooms = [getattr({room}, name) for name in {names}]
print(*(name for name in {slow} if name in sys.modules))
"""


def loaded_by(room, *names):
    """Return which slow packages a fresh Python has loaded after these rooms were asked for."""
    program = LOADED.format(room=room, names=names, slow=SLOW)
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return said.stdout.decode().split()


def test_a_door_opens_a_room_when_it_is_asked_for():
    assert isinstance(stats.evidence, ModuleType)
    assert stats.competing_risks.gray.__name__ == "gray"
    assert design.two_proportions.size_two_proportions.__name__ == "size_two_proportions"


def test_a_door_fetches_what_is_compiled_by_its_own_name():
    assert design.one_arm.size_simon is design.one_arm.size_simon
    assert {"size_simon", "size_exact_single_stage"} <= set(dir(design.one_arm))


def test_a_door_names_the_rooms_it_has_not_opened_yet():
    assert {"evidence", "kaplan_meier"} <= set(dir(stats))


def test_what_no_door_offers_is_no_attribute():
    with pytest.raises(AttributeError, match=r"'equipoise\.stats' has no attribute 'kernels'"):
        opened("equipoise.stats", "kernels", behind={"evidence": "evidence"})


def test_the_rooms_of_statistics_open_without_solvers_and_compilers():
    rooms = ("competing_risks", "evidence", "proportions", "time_to_event")
    assert loaded_by("stats", *rooms) == []


def test_the_rooms_of_designs_open_without_a_compiler():
    rooms = ("adaptive", "group_sequential", "one_arm", "survival", "two_proportions")
    assert "numba" not in loaded_by("design", *rooms)
