"""Randomness has an address: the same draw whatever the number of threads or machines.

Every draw is a function of (seed, purpose, replicate, subject). Two designs on one seed share
their subjects; adding a purpose or a subject never moves another one's numbers.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed:
    """Where in all randomness a run lives.

    Attributes
    ----------
    value : int
        The number a person types; not negative.
    replicate : int
        Number of the repeated trial, from 0.
    """

    value: int
    replicate: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that are no address."""
        if self.value < 0 or self.replicate < 0:
            msg = f"a seed and a replicate are whole numbers from 0, got {self}"
            raise ValueError(msg)


def stream(seed: Seed, *, purpose: str, subject: int = 0) -> np.random.Generator:
    """Return the generator that lives at one address.

    Parameters
    ----------
    seed : Seed
        Seed and replicate.
    purpose : str
        What the draw decides, for example ``"recurrence"``; a purpose never borrows from another.
    subject : int
        Number of the subject, from 0.

    Returns
    -------
    numpy.random.Generator
        Philox (counter-based), keyed by ``SeedSequence(seed, spawn_key=address)``.

    Notes
    -----
    The parts of the address are separate words of the spawn key, so ``("a_b", 1)`` and
    ``("a", "b_1")`` cannot meet. Salmon et al. 2011, doi:10.1145/2063384.2063405.
    """
    digest = hashlib.blake2b(purpose.encode(), digest_size=8).digest()
    address = (int.from_bytes(digest, "big"), seed.replicate, subject)
    sequence = np.random.SeedSequence(seed.value, spawn_key=address)
    return np.random.Generator(np.random.Philox(sequence))
