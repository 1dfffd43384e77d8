"""Browsers as the drill of edits knows them: the rules of `edits.js`, the drawer of a machine, a bad network.

A page types, sends what it has not heard of again and again, shows conflicts and lets somebody choose. A
machine keeps what is not acknowledged. Packets are lost, doubled, delayed and overtake one another.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

Fields = dict[str, dict[str, Any]]
LISTS = frozenset({"causes"})


@dataclass
class Queue:
    """What is typed and not yet acknowledged (`edits.js`)."""

    client: str
    seq: int = 0
    bases: dict[str, Any] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)

    def sendable(self) -> list[str]:
        return [name for name in self.pending if name not in self.held]

    def fields(self, names: list[str]) -> Fields:
        return {name: {"value": self.pending[name], "base": self.bases.get(name)} for name in names}

    def message(self, names: list[str]) -> dict[str, Any]:
        self.seq += 1
        return {"client": self.client, "seq": self.seq, "fields": self.fields(names)}

    def acknowledge(self, fields: Fields, answer: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """Return what is saved as typed, and what somebody has to choose about."""
        saved, conflicts = [], {}
        for name, sent in fields.items():
            if name in answer.get("conflicts", {}):
                self.held.add(name)
                conflicts[name] = answer["conflicts"][name]
            elif name in answer.get("saved", {}):
                self.bases[name] = answer["saved"][name]
                saved.append(name)
                if self.pending.get(name) == sent["value"]:
                    del self.pending[name]
        return saved, conflicts

    def decide(self, name: str, base: Any, value: Any) -> None:
        self.bases[name] = base
        self.held.discard(name)
        if value is None:
            self.pending.pop(name, None)
        else:
            self.pending[name] = value

    def left(self) -> dict[str, Any]:
        return {"client": self.client, "seq": self.seq, "fields": self.fields(list(self.pending))}


@dataclass
class Machine:
    """A desk: who is signed in, whether it is locked, and the drawer."""

    name: str
    http: Any
    locked: bool = False
    drawer: dict[str, dict[str, Any]] = field(default_factory=dict)

    def lock(self, locked: bool) -> None:
        session = self.http.session
        session["locked"] = self.locked = locked
        session.save()


@dataclass
class Packet:
    """A message under way. `page` is whoever waits for the answer, if anybody still does."""

    machine: Machine
    contact: str
    url: str
    body: dict[str, Any]
    page: "Page | None"
    seen: dict[str, list[Any]]


class Page:
    """One open page of a contact; `begun` where it was begun on this machine without a line."""

    def __init__(self, machine: Machine, contact: str, shown: Mapping[str, Any], *, begun: bool = False):
        self.machine, self.contact, self.begun = machine, contact, begun
        self.queue = Queue(uuid4().hex)
        self.shown = dict(shown)
        self.queue.bases = dict(shown)
        self.asks: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, list[Any]] = defaultdict(list)
        self.waits: Packet | None = None
        self.began = datetime.now(UTC).isoformat()
        for name, value in self.shown.items():
            self.seen[name].append(value)

    @property
    def key(self) -> str:
        return f"{'contact' if self.begun else 'draft'}:{self.contact}:{self.queue.client}"

    def type(self, name: str, value: Any) -> None:
        self.queue.pending[name] = value
        self.shown[name] = value
        self.seen[name].append(value)
        self.seal()

    @property
    def is_due(self) -> bool:
        """Tell whether something is to be sent: a contact that was begun is sent while empty too."""
        return bool(self.queue.sendable()) or (self.begun and self.key in self.machine.drawer)

    def seal(self, *, begins: bool = False) -> None:
        """Keep what is pending. What was begun here gets a new number each time: one number, one content."""
        if self.begun:
            self.queue.seq += 1
        if not self.queue.pending and not begins:
            self.machine.drawer.pop(self.key, None)
            return
        about = {"began": self.began, "seen": self.seen, "page": self, "contact": self.contact}
        self.machine.drawer[self.key] = self.queue.left() | about

    def adopt(self, left: dict[str, Any]) -> None:
        """Go on as the page that left this behind."""
        self.queue.client, self.queue.seq = left["client"], left["seq"] + 1
        for name, seen in left["seen"].items():
            self.seen[name] += seen
        for name, kept in left["fields"].items():
            if self.shown.get(name) == kept["value"]:
                continue
            self.queue.bases[name] = kept["base"]
            self.queue.pending[name] = self.shown[name] = kept["value"]
        self.seal()

    def answered(self, packet: Packet, answer: Mapping[str, Any]) -> list[str]:
        saved, conflicts = self.queue.acknowledge(packet.body["fields"], answer)
        self.asks |= conflicts
        self.seal()
        return saved

    def choose(self, name: str, kept: str) -> Any:
        """Somebody looks at both values and chooses: theirs (None), mine, or (text) both."""
        conflict = self.asks.pop(name)
        theirs, mine = conflict["theirs"], self.shown[name]
        self.seen[name].append(theirs)
        value = {"theirs": None, "mine": mine, "both": mine if name in LISTS else f"{theirs}\n{mine}"}[kept]
        self.shown[name] = theirs if value is None else value
        if value is not None:
            self.seen[name].append(value)
        self.queue.decide(name, conflict["base"], value)
        self.seal()
        return value


def posted(packet: Packet) -> tuple[int, dict[str, Any]]:
    """Put a packet to the real service; return status and answer."""
    way = packet.machine.http.post if packet.url.endswith("/modtag/") else packet.machine.http.patch
    answer = way(packet.url, json.dumps(packet.body), content_type="application/json")
    known = "json" in answer.headers.get("Content-Type", "")
    return answer.status_code, json.loads(answer.content) if known else {}
