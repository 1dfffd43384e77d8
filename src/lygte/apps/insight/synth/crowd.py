"""Invented people: anonymous threads, aliases, and people with numbers that cannot exist."""

import random
from datetime import datetime
from uuid import UUID

from lygte.apps.insight.synth import pattern, words
from lygte.apps.insight.synth.draw import Decks
from lygte.apps.insight.synth.facts import PersonFact
from lygte.domain.ids import make_return_code, uuid7
from lygte.domain.time import day_of

KINDS = ("cpr", "alias", "thread")
KEEPS_PHONE = 45
PROTECTED = 2
UNEVEN = 0.8  # shape of the gamma that makes some come much more often than others of their segment
YOUNGEST, OLDEST = 17, 91


def make_id(rng: random.Random, at: datetime) -> UUID:
    """Return a time-ordered identifier that the seed decides."""
    return uuid7(milliseconds=int(at.timestamp() * 1000), randomness=rng.randbytes(10))


class Taken:
    """What only one person of a municipality may have."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.cprs: set[str] = set()


class Crowd:
    """The people of one service; those who come often are drawn more often."""

    def __init__(self, decks: Decks, taken: Taken) -> None:
        self._decks = decks
        self._rng = decks.rng
        self._taken = taken
        self._known: dict[str, list[PersonFact]] = {kind: [] for kind in KINDS}
        self._sums: dict[str, list[float]] = {kind: [] for kind in KINDS}
        self.all: list[PersonFact] = []

    def newcomer(self, kind: str, *, at: datetime) -> PersonFact:
        """Return somebody who has not been here before."""
        segment = self._decks.draw("segment", {str(n): row[0] for n, row in enumerate(pattern.SEGMENTS)})
        _, contacts, age = pattern.SEGMENTS[int(segment)]
        person = PersonFact(
            id=make_id(self._rng, at),
            known_as=kind,
            created_at=at,
            sex=self._decks.draw("sex", pattern.SEXES),
            may_ring=self._decks.draw("person may ring", pattern.MAY_RING),
            band=self._rng.choice(("", "", "", "evening", "afternoon")),
            do_not_remind=self._rng.random() < 0.08,
            weight=contacts * self._rng.gammavariate(UNEVEN, 1 / UNEVEN),
        )
        self._tell(person, age=age)
        self._join(person)
        return person

    def regular(self, kind: str, *, at: datetime) -> PersonFact:
        """Return somebody who has been here before; a newcomer to the register while it knows too few."""
        known, sums = self._known[kind], self._sums[kind]
        if not known or self._rng.random() < 0.5 / len(known) ** 1.5:
            return self.newcomer(kind, at=at)
        return self._rng.choices(known, cum_weights=sums)[0]

    def _join(self, person: PersonFact) -> None:
        sums = self._sums[person.known_as]
        self._known[person.known_as].append(person)
        sums.append((sums[-1] if sums else 0.0) + person.weight)
        self.all.append(person)

    def _tell(self, person: PersonFact, *, age: int) -> None:
        if person.known_as != "cpr":
            person.words = self._words()
        if person.known_as == "alias":
            person.alias = f"{self._rng.choice(words.ALIASES)} {len(self.all) + 1}"
        if person.known_as == "cpr":
            person.name = f"{self._rng.choice(words.FIRST_NAMES)} {self._rng.choice(words.LAST_NAMES)}"
            person.cpr, person.birth_year = self._number(person.created_at, age)
            person.is_protected = self._decks.happens("protected", PROTECTED)
        if person.known_as != "thread" and self._decks.happens("phone", KEEPS_PHONE):
            person.phone = invented_phone(self._rng)

    def _words(self) -> str:
        while True:
            code = str(make_return_code(self._rng.choice))
            if code not in self._taken.words:
                self._taken.words.add(code)
                return code

    def _number(self, at: datetime, age: int) -> tuple[str, int]:
        years = min(OLDEST, max(YOUNGEST, round(self._rng.gauss(age, 5))))
        return invented_cpr(self._rng, self._taken, born=day_of(at).year - years)


def invented_cpr(rng: random.Random, taken: Taken, *, born: int) -> tuple[str, int]:
    """Return a number with a month from 13 to 19, which no person can have, and the year of birth."""
    while True:
        day, month = rng.randint(1, 28), rng.randint(13, 19)
        century = rng.randint(4, 9) if born >= 2000 else rng.randint(0, 3)
        digits = f"{day:02}{month:02}{born % 100:02}{century}{rng.randrange(1000):03}"
        if digits not in taken.cprs:
            taken.cprs.add(digits)
            return digits, born


def invented_phone(rng: random.Random) -> str:
    """Return a telephone number of the invented municipalities: they all begin with 20 00."""
    return f"+452000{rng.randrange(10, 10_000):04}"
