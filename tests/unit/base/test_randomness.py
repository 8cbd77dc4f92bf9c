"""Every draw lives at an address."""

import pytest

from equipoise.base.randomness import Seed, stream


def first(seed: Seed, *, purpose: str = "death", subject: int = 0) -> float:
    return float(stream(seed, purpose=purpose, subject=subject).random())


def test_one_address_gives_one_number() -> None:
    assert first(Seed(value=1), subject=7) == first(Seed(value=1), subject=7)


def test_each_part_of_an_address_gives_another_number() -> None:
    numbers = {
        first(Seed(value=1)),
        first(Seed(value=2)),
        first(Seed(value=1, replicate=1)),
        first(Seed(value=1), purpose="recurrence"),
        first(Seed(value=1), subject=1),
    }
    assert len(numbers) == 5


@pytest.mark.parametrize(("value", "replicate"), [(-1, 0), (1, -1)])
def test_an_address_has_no_negative_part(value: int, replicate: int) -> None:
    with pytest.raises(ValueError, match="whole numbers from 0"):
        Seed(value=value, replicate=replicate)
