"""Edit contacts at random from several browsers over a bad network; nothing typed may be lost or doubled.

usage: python -m drills.edits [--count 10000] [--database sqlite|postgresql] [--seed 1]

The browsers are models (`drills/pages.py`) that speak to the real views. Checked after every message:
nobody's value gave way to somebody who had not seen it, and nothing was called saved that never stood there.
At the end of each story: every value that was typed has stood there or was shown to whoever chose otherwise,
and there are as many contacts as were begun.
"""

import argparse
import logging
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from drills.desks import Ground, prepare
from drills.pages import LISTS, Machine, Packet, Page, posted

TEXTS = ("own_words", "danger", "agreement")
CODES = {
    "level": ("", "mild", "moderate", "severe"),
    "minutes": ("", "5", "25", "90"),
    "first_time": ("", "first", "repeat"),
}
NAMES = (*TEXTS, *CODES, *LISTS)
CAUSES = ("loneliness", "anxiety", "conflict")
EDITS_A_STORY = 50


@dataclass
class Story:
    """Some desks around one contact, and what became of everything that was typed."""

    ground: Ground
    choose: Any
    tally: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pages: list[Page] = []
        self.packets: list[Packet] = []
        self.begun: set[str] = set()
        self.stood: dict[tuple[str, str], list[Any]] = {}
        self.alive: dict[tuple[str, str], tuple[str, Any]] = {}
        self.number = 0
        self.contact = self._first_contact()
        for machine in self.ground.machines:
            machine.drawer.clear()
            machine.lock(False)
            self.pages.append(Page(machine, self.contact, self.now(self.contact)))

    # ----- the service -----

    def _first_contact(self) -> str:
        from lygte.apps.contacts import services as contacts
        from lygte.domain.vocab import Channel

        row = contacts.open_contact(
            actor=self.ground.actor, now=datetime.now(UTC), service=self.ground.service, channel=Channel.PHONE
        )
        return str(row.pk)

    def now(self, contact: str) -> dict[str, Any]:
        """Return what stands in a contact; empty where it has not arrived."""
        from lygte.apps.contacts import selectors
        from lygte.apps.contacts.models import Contact
        from lygte.domain.vocab import NoteField

        row = Contact.objects.filter(pk=contact).first()
        notes = selectors.notes(row.pk) if row else {}
        values: dict[str, Any] = {name: notes.get(NoteField(name), "") for name in TEXTS}
        values |= {name: list(getattr(row, name)) if row else [] for name in LISTS}
        for name in CODES:
            value = getattr(row, name) if row else ""
            values[name] = "" if value is None else str(value)
        for name, value in values.items():
            stood = self.stood.setdefault((contact, name), [])
            if value not in stood:
                stood.append(value)
        return values

    # ----- what can happen -----

    def steps(self) -> list[Callable[[], None]]:
        """Return what may happen next."""
        found: list[Callable[[], None]] = [self.type, self.type, self.type, self.begin, self.lock, self.tab]
        if self.packets:
            found += [self.deliver] * 4 + [self.lose, self.double, self.lose_answer]
        if any(page.is_due and page.waits is None for page in self.pages):
            found += [self.send] * 4
        if any(page.waits for page in self.pages):
            found.append(self.give_up)
        if any(page.asks for page in self.pages):
            found += [self.decide] * 2
        return [*found, self.reload, self.crash, self.empty_drawers]

    def type(self) -> None:
        page, name = self.choose(self.pages), self.choose(NAMES)
        self.number += 1
        value: Any = f"ord {self.number}"
        if name in CODES:
            value = self.choose(CODES[name])
        elif name in LISTS:
            value = [cause for cause in CAUSES if self.choose((True, False))]
        page.type(name, value)
        self.alive[page.queue.client, name] = (page.contact, value)
        self.tally["edits"] += 1

    def begin(self) -> None:
        """Begin a contact without a line, now and then."""
        if len(self.begun) >= 3:
            return
        contact = str(uuid4())
        page = Page(self.choose(self.ground.machines), contact, self.now(contact), begun=True)
        page.seal(begins=True)
        self.begun.add(contact)
        self.pages.append(page)
        self.tally["contacts begun without a line"] += 1

    def lock(self) -> None:
        machine = self.choose(self.ground.machines)
        machine.lock(not machine.locked)
        self.tally["locks and unlocks"] += 1

    def tab(self) -> None:
        """Open the contact in another tab, a few at most."""
        if len(self.pages) < 7:
            self.pages.append(self._opened(self.choose(self.ground.machines), self.contact))

    def send(self) -> None:
        page = self.choose([one for one in self.pages if one.is_due and one.waits is None])
        packet = self._packet(page)
        page.waits = packet
        self.packets.append(packet)

    def _packet(self, page: Page) -> Packet:
        message = page.queue.message(page.queue.sendable())
        url, more = self._way(page.contact, page.began, begun=page.begun)
        return Packet(page.machine, page.contact, url, message | more, page, deepcopy(page.seen))

    def _way(self, contact: str, began: str, *, begun: bool) -> tuple[str, dict[str, str]]:
        if not begun:
            return f"/henvendelse/{contact}/gem/", {}
        now = datetime.now(UTC).isoformat()
        more = {"contact": contact, "channel": "phone", "began": began, "last": now, "clock": now}
        return f"/tilbud/{self.ground.slug}/uden-net/modtag/", more

    def deliver(self) -> None:
        self._handled(self.packets.pop(self.packets.index(self.choose(self.packets))), heard=True)

    def lose(self) -> None:
        self.packets.remove(self.choose(self.packets))
        self.tally["messages lost"] += 1

    def double(self) -> None:
        """A message arrives, and will arrive once more."""
        self._handled(self.choose(self.packets), heard=False)
        self.tally["messages doubled"] += 1

    def lose_answer(self) -> None:
        self._handled(self.packets.pop(self.packets.index(self.choose(self.packets))), heard=False)
        self.tally["answers lost"] += 1

    def give_up(self) -> None:
        self.choose([one for one in self.pages if one.waits]).waits = None

    def decide(self) -> None:
        page = self.choose([one for one in self.pages if one.asks])
        self._chosen(page, self.choose(sorted(page.asks)), self.choose(("mine", "theirs", "both")))
        self.tally["conflicts shown and decided"] += 1

    def _chosen(self, page: Page, name: str, kept: str) -> None:
        value = page.choose(name, kept if name in TEXTS or kept != "both" else "mine")
        self.alive.pop((page.queue.client, name), None)
        if value is not None:
            self.alive[page.queue.client, name] = (page.contact, value)

    def reload(self) -> None:
        """A page ends in an orderly way: what it has is on the wire and in the drawer."""
        page = self.choose(self.pages)
        if page.queue.sendable() and not page.begun:
            parting = self._packet(page)
            parting.page = None
            page.seal()
            self.packets.append(parting)
        self._again(page)
        self.tally["reloads"] += 1

    def crash(self) -> None:
        self._again(self.choose(self.pages))
        self.tally["browsers killed"] += 1

    def _again(self, page: Page) -> None:
        self.pages.remove(page)
        page.waits = None
        if not page.begun or len(self.pages) < 2:
            self.pages.append(self._opened(page.machine, self.contact))

    def _opened(self, machine: Machine, contact: str) -> Page:
        page = Page(machine, contact, self.now(contact))
        for key, left in list(machine.drawer.items()):
            if key.startswith(f"draft:{contact}:") and left["page"] not in self.pages:
                page.adopt(left)
                break
        return page

    def empty_drawers(self) -> None:
        """Whatever no open page holds is sent by whoever is there."""
        for machine in self.ground.machines:
            for key, left in list(machine.drawer.items()):
                if left["page"] in self.pages or machine.locked:
                    continue
                begun = key.startswith("contact:")
                skip = 1 if begun else 2
                url, more = self._way(left["contact"], left["began"], begun=begun)
                body = {"client": left["client"], "seq": left["seq"] + skip, "fields": left["fields"]} | more
                self._sent_from_drawer(
                    machine, key, left, Packet(machine, left["contact"], url, body, None, left["seen"])
                )

    def _sent_from_drawer(self, machine: Machine, key: str, left: dict[str, Any], packet: Packet) -> None:
        answer = self._handled(packet, heard=False)
        if not answer or self.choose((False, False, False, True)):
            return  # not reached, or the answer never came back
        self._believed(packet, answer)
        unsettled = {name: one for name, one in left["fields"].items() if name not in answer.get("saved", {})}
        del machine.drawer[key]
        if unsettled:
            kept = left | {"fields": unsettled, "seq": packet.body["seq"]}
            machine.drawer[f"draft:{left['contact']}:{left['client']}"] = kept

    # ----- what must hold -----

    def _handled(self, packet: Packet, *, heard: bool) -> dict[str, Any]:
        """Let the service have a message, and compare what stood and stands with what the writer saw."""
        before = self.now(packet.contact)
        status, answer = posted(packet)
        if status == 423:
            self.tally["refused while locked"] += 1
        elif status >= 400:
            self.faults.append(f"answered {status}")
        after = self.now(packet.contact)
        for name in NAMES:
            if before[name] != after[name] and before[name] not in packet.seen[name]:
                self.faults.append(f"{name}: {before[name]!r} gave way unseen to {after[name]!r}")
        self.tally["messages handled"] += 1
        if heard and packet.page is not None and packet.page.waits is packet:
            packet.page.waits = None
            if status == 200:
                self._believed(packet, answer)
                packet.page.answered(packet, answer)
        return answer if status == 200 else {}

    def _believed(self, packet: Packet, answer: dict[str, Any]) -> None:
        """Whoever hears that a value is saved must be able to find that it stood there."""
        for name, sent in packet.body["fields"].items():
            if name in answer.get("saved", {}) and sent["value"] not in self.stood[packet.contact, name]:
                self.faults.append(f"{name}: {sent['value']!r} was called saved and never stood there")

    def end(self) -> None:
        """The line is good again, everybody unlocks and chooses; then look for everything that was typed."""
        for machine in self.ground.machines:
            machine.lock(False)
        for _round in range(40):
            while self.packets:
                self.deliver()
            for page in self.pages:
                page.waits = None
                for name in sorted(page.asks):
                    self._chosen(page, name, self.choose(("mine", "theirs")))
                if page.is_due:
                    packet = self._packet(page)
                    page.waits = packet
                    self._handled(packet, heard=True)
            self.empty_drawers()
            self._open_what_asks()
            if not any(page.queue.pending for page in self.pages) and not self._left():
                break
        else:
            self.faults.append("something waits for ever")
        self._look()

    def _left(self) -> list[str]:
        return [key for machine in self.ground.machines for key in machine.drawer]

    def _open_what_asks(self) -> None:
        """Open the page of whatever is left with a conflict, as the board asks one to."""
        for machine in self.ground.machines:
            for key, left in list(machine.drawer.items()):
                if key.startswith("draft:") and left["page"] not in self.pages:
                    self.pages.append(self._opened(machine, left["contact"]))

    def _look(self) -> None:
        from lygte.apps.contacts.models import Contact

        for (client, name), (contact, value) in self.alive.items():
            if value not in self.stood[contact, name]:
                self.faults.append(f"{name}: {value!r} of {client[:6]} is nowhere")
        found = Contact.objects.filter(pk__in=self.begun).count()
        if found != len(self.begun):
            self.faults.append(f"{len(self.begun)} contacts were begun, {found} arrived")


def play(ground: Ground, *, choose: Any, edits: int, tally: Counter[str]) -> list[str]:
    """Play one story with some edits; return what went wrong."""
    story = Story(ground, choose, tally)
    wanted = tally["edits"] + edits
    while tally["edits"] < wanted and not story.faults:
        choose(story.steps())()
    if not story.faults:
        story.end()
    tally["stories"] += 1
    return story.faults


def run(ground: Ground, *, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """Edit `count` times in as many stories as that takes; return what happened, and what went wrong."""
    from lygte.apps.core.scope import municipality_scope

    tally: Counter[str] = Counter()
    faults: list[str] = []
    story = 0
    while tally["edits"] < count:
        story += 1
        rng = random.Random(f"{seed}.{story}")
        with municipality_scope(ground.municipality):
            found = play(
                ground, choose=rng.choice, edits=min(EDITS_A_STORY, count - tally["edits"]), tally=tally
            )
        faults += [f"story {seed}.{story}: {fault}" for fault in found]
    return tally, faults


def main() -> None:
    """Run the drill on a database of its own and print what happened."""
    parser = argparse.ArgumentParser(description="Edit contacts at random over a bad network.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    from drills.ground import own_database

    logging.disable(logging.WARNING)  # a refusal at a locked desk is meant
    with own_database(options.database):
        ground = prepare()
        began = time.monotonic()
        tally, faults = run(ground, count=options.count, seed=options.seed)
        minutes = (time.monotonic() - began) / 60
    for name, times in sorted(tally.items()):
        print(f"{times:8} {name}")
    print(f"{options.database}: {tally['edits']} edits, {len(faults)} lost or doubled, {minutes:.1f} min")
    for line in faults[:20]:
        print(f"  {line}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
