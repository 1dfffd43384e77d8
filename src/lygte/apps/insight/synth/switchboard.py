"""Calls of the story: answered sooner or later, given up, or left on the answering machine."""

from datetime import datetime, timedelta
from uuid import UUID

from lygte.apps.insight.synth import pattern, words
from lygte.apps.insight.synth.crowd import invented_phone, make_id
from lygte.apps.insight.synth.draw import Decks
from lygte.apps.insight.synth.facts import CallFact, ContactFact, ServiceFacts
from lygte.apps.insight.synth.promised import Promised
from lygte.domain.vocab import CallHandling, CallState, Channel

HIDDEN_NUMBER = 25
SHORTLY_BEFORE = (4 * 60, 45 * 60)  # seconds from a call that nobody answered to the contact that follows it
MESSAGE = (15, 70)


class Switchboard:
    """Draws the calls behind the contacts of one service."""

    def __init__(self, facts: ServiceFacts, decks: Decks, promised: Promised) -> None:
        self._facts = facts
        self._decks = decks
        self._rng = decks.rng
        self._promised = promised

    def of_contact(self, contact: ContactFact) -> None:
        """Draw the call that became a contact, and now and then one that nobody answered before it."""
        if contact.channel != Channel.PHONE:
            return
        if self._decks.happens("unanswered", pattern.UNANSWERED_PER_CALL * 100):
            self._unanswered(contact)
        waited = timedelta(seconds=self._decks.seconds("answer", pattern.ANSWER_SECONDS))
        contact.received_at = contact.started_at + waited
        contact.ended_at = max(contact.ended_at or contact.received_at, contact.received_at)
        contact.closed_at = max(contact.closed_at or contact.ended_at, contact.ended_at)
        call = self._new(contact.started_at, number=self._number(contact))
        call.state, call.handling = CallState.ENDED, CallHandling.CONTACT
        call.answered_at, call.ended_at = contact.received_at, contact.ended_at
        call.taken_by, call.contact_id = contact.owner_id, contact.id

    def _number(self, contact: ContactFact | None) -> str:
        if self._decks.happens("hidden", HIDDEN_NUMBER):
            return ""
        kept = contact.person.phone if contact and contact.person else ""
        return kept or invented_phone(self._rng)

    def _new(self, at: datetime, *, number: str) -> CallFact:
        external = f"{self._facts.slug}-{len(self._facts.calls) + 1:06}"
        call = CallFact(
            id=make_id(self._rng, at),
            external_id=external,
            rang_at=at,
            state=CallState.RINGING,
            handling=CallHandling.OPEN,
            number=number,
        )
        self._facts.calls.append(call)
        return call

    def _unanswered(self, contact: ContactFact) -> None:
        at = contact.started_at - timedelta(seconds=self._rng.randint(*SHORTLY_BEFORE))
        kind = self._decks.draw("unanswered kind", pattern.UNANSWERED)
        if kind == "voicemail":
            self._message(at)
            return
        low, high = kind.split("-")
        call = self._new(at, number=self._number(contact))
        call.state = CallState.ABANDONED
        call.ended_at = at + timedelta(seconds=self._rng.randint(int(low), int(high)))
        call.handling = self._decks.draw("after abandoned", pattern.AFTER_ABANDONED)
        if call.handling == CallHandling.CALLBACK and not call.number:
            call.handling = CallHandling.LET_GO
        if call.handling == CallHandling.LET_GO:
            call.let_go_reason, call.taken_by = words.LET_GO, contact.owner_id
        if call.handling == CallHandling.CALLBACK:
            call.taken_by = contact.owner_id
            self._ring_back(call, call.ended_at + timedelta(minutes=1), contact.owner_id)

    def _message(self, at: datetime) -> None:
        call = self._new(at, number=invented_phone(self._rng))
        call.state, call.handling = CallState.VOICEMAIL, CallHandling.CALLBACK
        call.voicemail_at = at + timedelta(seconds=self._rng.randint(18, 40))
        call.ended_at = call.voicemail_at + timedelta(seconds=self._rng.randint(*MESSAGE))
        self._ring_back(call, call.voicemail_at, None)

    def _ring_back(self, call: CallFact, at: datetime, owner: UUID | None) -> None:
        promise = self._promised.callback(at=at, call_id=call.id, number=call.number)
        promise.owner = promise.made_by = owner
