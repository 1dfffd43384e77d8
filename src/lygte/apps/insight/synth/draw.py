"""Drawing from shares so that small numbers of rows already show them."""

import random
from collections.abc import Mapping

DRIFT = 0.35


class Evenly:
    """Draws codes in proportion, each a little behind or ahead of its share and never far from it."""

    def __init__(self, rng: random.Random, shares: Mapping[str, float]) -> None:
        total = sum(shares.values())
        self._rng = rng
        self._codes = [str(code) for code in shares]
        self._shares = [share / total for share in shares.values()]
        self._owed = [rng.random() * share for share in self._shares]

    def __call__(self) -> str:
        noise = self._rng.random
        for index, share in enumerate(self._shares):
            self._owed[index] += share
        chosen = max(range(len(self._codes)), key=lambda n: self._owed[n] + DRIFT * noise())
        self._owed[chosen] -= 1
        return self._codes[chosen]


class Decks:
    """One drawer for each name, made at first use."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self._made: dict[str, Evenly] = {}

    def draw(self, name: str, shares: Mapping[str, float]) -> str:
        """Draw a code for `name`."""
        if name not in self._made:
            self._made[name] = Evenly(self.rng, shares)
        return self._made[name]()

    def happens(self, name: str, percent: float) -> bool:
        """Draw yes or no for `name`."""
        return self.draw(name, {"yes": percent, "no": max(0.0, 100 - percent)}) == "yes"

    def seconds(self, name: str, shares: Mapping[str, float]) -> int:
        """Draw a number from shares of ranges ("2-10")."""
        low, high = self.draw(name, shares).split("-")
        return self.rng.randint(int(low), int(high))
