"""Tamper with the audit trail at random and see whether `verify` finds it and names the row.

usage: python -m drills.tampering [--count 100000] [--database sqlite|postgresql] [--seed 1]

Each try stands on a small chain: sealed events, events that still wait, and a noted head. The tables are
changed by plain SQL with the guards taken off, as somebody could who owns the database. Afterwards
everything is as before.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

EVENTS, PER_SEAL, WAITING = 18, 6, 3
NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
EVENT, SEAL, WAITS = "audit_auditevent", "audit_seal", "audit_unsealedevent"
TEXTS = {"verb": "contact.closed", "actor_kind": "system", "subject": "people.person"}
IDENTIFIERS = ("actor_id", "service_id", "subject_id", "person_id")


@dataclass(frozen=True)
class Ground:
    """The chain that is tampered with, and the municipality beside it."""

    here: UUID
    there: UUID
    sealed: tuple[UUID, ...]
    waiting: tuple[UUID, ...]
    seals: int
    foreign: UUID
    heads: tuple[Any, ...]


@dataclass(frozen=True)
class Trial:
    """One tampering: what was done, and which rows must be named; any of them is enough."""

    name: str
    names: frozenset[str]


def prepare() -> Ground:
    """Make two municipalities with chains of their own, and take the guards off."""
    from django.db import connection

    from lygte.apps.audit import services as audit
    from lygte.apps.audit.models import AuditEvent, UnsealedEvent
    from lygte.apps.audit.sealing import seal_waiting
    from lygte.apps.audit.selectors import head
    from lygte.apps.core.scope import municipality_scope
    from lygte.apps.tenancy import services as tenancy
    from lygte.domain.access import system
    from lygte.domain.events import Verb

    heads, made = [], []
    for key in ("drill-here", "drill-there"):
        municipality = tenancy.create_municipality(name="Opdigtet Kommune", key=key, is_invented=True)
        made.append(municipality.pk)
        with municipality_scope(municipality.pk):
            for number in range(EVENTS + WAITING):
                audit.record(
                    Verb.CONTACT_READ,
                    actor=system(municipality.pk),
                    now=NOW + timedelta(seconds=number),
                    person_id=uuid4(),
                    service_id=uuid4(),
                    detail={"number": number, "list": ["a", number]},
                )
                if number == EVENTS - 1:
                    seal_waiting(now=NOW, most=PER_SEAL)
            heads.append(head())
    with municipality_scope(made[1]):
        foreign = AuditEvent.objects.order_by("id").first()
    with municipality_scope(made[0]):
        waiting = tuple(UnsealedEvent.objects.order_by("id").values_list("pk", flat=True))
        everything = tuple(AuditEvent.objects.order_by("id").values_list("pk", flat=True))
        connection.check_constraints()  # a table with checks outstanding cannot be altered
        with connection.cursor() as cursor:
            for table in (EVENT, SEAL):
                for statement in _unguard(connection.vendor, table):
                    cursor.execute(statement)
    assert foreign is not None and heads[0] is not None
    sealed = everything[: -len(waiting)]
    return Ground(made[0], made[1], sealed, waiting, heads[0].number, foreign.pk, tuple(heads))


def _unguard(vendor: str, table: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f'DROP TRIGGER IF EXISTS "{table}_only_grows" ON "{table}"',
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        ]
    return [f'DROP TRIGGER IF EXISTS "{table}_no_{verb}"' for verb in ("update", "delete")]


class Tamperer:
    """Somebody who owns the database but not the keys."""

    def __init__(self, ground: Ground, rng: random.Random) -> None:
        from django.db import connection

        self.ground, self.rng = ground, rng
        self.cursor = connection.cursor()
        self.vendor = connection.vendor

    # ----- plain SQL -----
    def sql(self, statement: str, *values: Any) -> None:
        self.cursor.execute(statement, [self._given(value) for value in values])

    def _given(self, value: Any) -> Any:
        if self.vendor == "postgresql":
            return value
        return value.hex if isinstance(value, UUID) else value

    def row(self, table: str, column: str, value: Any) -> dict[str, Any]:
        self.sql(
            f'SELECT * FROM "{table}" WHERE "{column}" = %s AND municipality_id = %s', value, self.ground.here
        )
        names = [one[0] for one in self.cursor.description]
        return dict(zip(names, self.cursor.fetchone(), strict=True))

    def insert(self, table: str, row: dict[str, Any]) -> None:
        from json import dumps

        values = [dumps(value) if isinstance(value, dict | list) else value for value in row.values()]
        columns = ", ".join(f'"{name}"' for name in row)
        marks = ", ".join(["%s"] * len(row))
        self.cursor.execute(
            f'INSERT INTO "{table}" ({columns}) VALUES ({marks})', [self._given(one) for one in values]
        )

    def change(self, table: str, key: str, at: Any, column: str, value: Any) -> None:
        self.sql(f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', value, at)
        assert self.cursor.rowcount == 1, f"nothing was changed in {table}"

    def delete(self, table: str, key: str, at: Any) -> None:
        statement = f'DELETE FROM "{table}" WHERE "{key}" = %s AND municipality_id = %s'
        self.sql(statement, at, self.ground.here)

    # ----- kinds of tampering -----
    def event(self) -> UUID:
        return self.rng.choice(self.ground.sealed + self.ground.waiting)

    def change_text(self) -> Trial:
        at, (column, value) = self.event(), self.rng.choice(list(TEXTS.items()))
        if self.row(EVENT, "id", at)[column] == value:
            value += "x"
        self.change(EVENT, "id", at, column, value[:8] if column == "actor_kind" else value)
        return Trial(f"change {column}", frozenset({str(at)}))

    def change_identifier(self) -> Trial:
        at, column = self.event(), self.rng.choice(IDENTIFIERS)
        self.change(EVENT, "id", at, column, UUID(int=self.rng.getrandbits(128)))
        return Trial(f"change {column}", frozenset({str(at)}))

    def change_time(self) -> Trial:
        at, moved = self.event(), NOW + timedelta(microseconds=self.rng.randint(1, 10**9) + 10**9)
        self.change(
            EVENT, "id", at, "at", moved if self.vendor == "postgresql" else f"{moved:%Y-%m-%d %H:%M:%S.%f}"
        )
        return Trial("change at", frozenset({str(at)}))

    def change_detail(self) -> Trial:
        at = self.event()
        self.change(EVENT, "id", at, "detail", '{"number": -1}')
        return Trial("change detail", frozenset({str(at)}))

    def change_code(self) -> Trial:
        at = self.event()
        self.change(EVENT, "id", at, "code", self.rng.randbytes(32))
        return Trial("change code", frozenset({str(at)}))

    def change_and_forget_code(self) -> Trial:
        at = self.event()
        self.change(EVENT, "id", at, "code", None)
        self.change(EVENT, "id", at, "verb", "user.created")
        return Trial("change and take the code away", frozenset({str(at)}))

    def rename(self) -> Trial:
        at, new = self.event(), UUID(int=self.rng.getrandbits(128))
        self.change(EVENT, "id", at, "id", new)
        return Trial("change the identifier", frozenset({str(at)}))

    def drop(self) -> Trial:
        at = self.event()
        self.delete(EVENT, "id", at)
        return Trial("drop an event", frozenset({str(at)}))

    def stop_waiting(self) -> Trial:
        at = self.rng.choice(self.ground.waiting)
        self.delete(WAITS, "id", at)
        return Trial("take a waiting event out of the queue", frozenset({str(at)}))

    def wait_again(self) -> Trial:
        at = self.rng.choice(self.ground.sealed)
        self.insert(WAITS, {"id": at, "municipality_id": self.ground.here})
        return Trial("queue a sealed event again", frozenset({str(at)}))

    def swap(self) -> Trial:
        one, other = self.rng.sample(self.ground.sealed + self.ground.waiting, 2)
        spare = UUID(int=self.rng.getrandbits(128))
        for old, new in ((one, spare), (other, one), (spare, other)):
            self.change(EVENT, "id", old, "id", new)
        return Trial("swap two events", frozenset({str(one), str(other)}))

    def forge(self) -> Trial:
        row = self.row(EVENT, "id", self.event()) | {"id": UUID(int=self.rng.getrandbits(128))}
        kind = self.rng.choice(("with no code", "with a made-up code", "with the code of another event"))
        if kind != "with the code of another event":
            row["code"] = None if kind == "with no code" else self.rng.randbytes(32)
        self.insert(EVENT, row)
        queued = self.rng.random() < 0.5  # the database does it by itself
        if not queued:
            self.delete(WAITS, "id", row["id"])
        return Trial(f"forge an event {kind}{', queued' if queued else ''}", frozenset({str(row["id"])}))

    def bring_in(self) -> Trial:
        self.change(EVENT, "id", self.ground.foreign, "municipality_id", self.ground.here)
        return Trial("move an event in from another municipality", frozenset({str(self.ground.foreign)}))

    def drop_seal(self) -> Trial:
        number = self.rng.randint(1, self.ground.seals)
        self.delete(SEAL, "number", number)
        return Trial("drop a seal", frozenset({str(number)}))

    def change_seal(self) -> Trial:
        number = self.rng.randint(1, self.ground.seals)
        seal = self.row(SEAL, "number", number)
        column = self.rng.choice(("at", "entries", "previous", "digest", "code", "number"))
        value: Any = self.rng.randbytes(32)
        if column == "at":
            value = NOW + timedelta(days=1)
            value = value if self.vendor == "postgresql" else f"{value:%Y-%m-%d %H:%M:%S}"
        if column == "number":
            value = self.ground.seals + self.rng.randint(1, 5)
        if column == "entries":
            value = self._other_entries(bytes(seal["entries"]))
        self.change(
            SEAL, "id", seal["id"] if self.vendor == "postgresql" else UUID(seal["id"]), column, value
        )
        return Trial(f"change {column} of a seal", frozenset({str(number)}))

    def _other_entries(self, entries: bytes) -> bytes:
        from lygte.apps.audit.chain import ENTRY

        cut = [entries[at : at + ENTRY] for at in range(0, len(entries), ENTRY)]
        if self.rng.random() < 0.5:
            cut.pop(self.rng.randrange(len(cut)))
        else:
            cut[0], cut[-1] = cut[-1], cut[0]
        return b"".join(cut)

    def cut_tail(self) -> Trial:
        last = self.ground.seals
        for at in self.ground.sealed[(last - 1) * PER_SEAL :]:
            self.delete(EVENT, "id", at)
        self.delete(SEAL, "number", last)
        return Trial("cut the end of the chain off", frozenset({str(last)}))

    def erase_everything(self) -> Trial:
        for table in (EVENT, SEAL, WAITS):
            self.sql(f'DELETE FROM "{table}" WHERE municipality_id = %s', self.ground.here)
        return Trial("erase the whole trail", frozenset({str(self.ground.seals)}))

    def kinds(self) -> Sequence[Callable[[], Trial]]:
        return (
            *(
                self.change_text,
                self.change_identifier,
                self.change_time,
                self.change_detail,
                self.change_code,
            ),
            *(
                self.change_and_forget_code,
                self.rename,
                self.drop,
                self.stop_waiting,
                self.wait_again,
                self.swap,
            ),
            *(
                self.forge,
                self.bring_in,
                self.drop_seal,
                self.change_seal,
                self.cut_tail,
                self.erase_everything,
            ),
        )


class Undo(Exception):
    """Ends a try, so that the next one finds everything as it was."""


def run(ground: Ground, *, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Tamper `count` times; return how often each kind was tried, and what was not found or not named."""
    from django.db import transaction

    from lygte.apps.audit.verifying import verify
    from lygte.apps.core.scope import municipality_scope

    rng = random.Random(seed)
    tried: Counter[str] = Counter()
    missed: list[str] = []
    with municipality_scope(ground.here):
        untouched = verify(heads=ground.heads)
        if not untouched.sound:
            return tried, [f"the untouched trail: {untouched.findings}"]
        tamperer = Tamperer(ground, rng)
        for _ in range(count):
            try:
                with transaction.atomic():
                    trial = rng.choice(tamperer.kinds())()
                    tried[trial.name] += 1
                    named = {finding.row for finding in verify(heads=ground.heads).findings}
                    if not named & trial.names:
                        missed.append(f"{trial.name}: {sorted(trial.names)} not among {sorted(named)}")
                    raise Undo
            except Undo:
                continue
    return tried, missed


def main() -> None:
    """Run the drill on a database of its own and print what was found."""
    parser = argparse.ArgumentParser(description="Tamper with the audit trail at random.")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from drills.ground import own_database

    with own_database(options.database):
        ground = prepare()
        began = time.monotonic()
        tried, missed = run(ground, count=options.count, seed=options.seed)
        minutes = (time.monotonic() - began) / 60
    for name, times in sorted(tried.items()):
        print(f"{times:8} {name}")
    total = sum(tried.values())
    print(f"{options.database}: {total} tamperings, {len(missed)} not found or not named, {minutes:.1f} min")
    for line in missed[:20]:
        print(f"  {line}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
