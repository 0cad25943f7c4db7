"""A plan's seed and the name of a thing → that thing's own stream of random numbers.

Every host, habit and incident draws from its own stream, so that neither the order nor the size of the chunks
matters, and a new habit changes nothing but itself.
"""

from collections.abc import Mapping, Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np

Rng = np.random.Generator
T = TypeVar("T")


def stream(seed: int, *names: str | int) -> Rng:
    """The random stream of one named thing."""
    key = tuple(name if isinstance(name, int) else crc32(name.encode()) for name in names)
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key)))


def one_of(rng: Rng, choices: Sequence[T]) -> T:
    """One of the choices, all equally likely."""
    return choices[int(rng.integers(len(choices)))]


def weighted(rng: Rng, weights: Mapping[T, float]) -> T:
    """One of the keys, as likely as its weight."""
    threshold = rng.random() * sum(weights.values())
    for choice, weight in weights.items():
        threshold -= weight
        if threshold < 0:
            return choice
    return choice


def happens(rng: Rng, chance: float) -> bool:
    """True as often as ``chance`` says."""
    return bool(rng.random() < chance)
