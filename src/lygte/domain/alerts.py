"""When somebody must be told that the service itself does not work as it should.

The thresholds leave room for a restart and for a busy minute, not for a standstill.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DUTY_GRACE = timedelta(seconds=60)
DUTY_TURNS = 5
CALLBACK_GRACE = timedelta(minutes=10)
MESSAGE_GRACE = timedelta(minutes=5)
SEAL_GRACE = timedelta(minutes=5)
BACKUP_GRACE = timedelta(hours=26)


class Trouble(StrEnum):
    """What can be wrong, as a code that a monitor sees."""

    DUTY_STALLED = "duty_stalled"
    DUTY_FAILING = "duty_failing"
    CALLBACK_OVERDUE = "callback_overdue"
    MESSAGE_WAITING = "message_waiting"
    MESSAGE_GIVEN_UP = "message_given_up"
    AUDIT_UNSEALED = "audit_unsealed"
    BACKUP_OLD = "backup_old"


@dataclass(frozen=True, slots=True)
class DutyFact:
    """One periodic duty: seconds between two runs, last start, last success, whether the last run failed."""

    name: str
    seconds: int
    started_at: datetime | None
    finished_at: datetime | None
    failing: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is counted in the whole installation. None stands for nothing that waits.

    ``duties`` are those that should run; ``backup_at`` is None when there was never a backup.
    """

    duties: tuple[DutyFact, ...] = ()
    callbacks_overdue: int = 0
    oldest_callback_due: datetime | None = None
    messages_waiting: int = 0
    oldest_message: datetime | None = None
    messages_given_up: int = 0
    events_waiting_since: datetime | None = None
    backup_expected: bool = False
    backup_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that must be looked at: what, which duty, how many, since when. Never who."""

    trouble: Trouble
    subject: str = ""
    count: int = 1
    since: datetime | None = None


def alerts(facts: Facts, *, now: datetime) -> tuple[Alert, ...]:
    """Return what somebody must be told, the worst first."""
    return (*_callbacks(facts, now), *_duties(facts, now), *_messages(facts, now), *_keeping(facts, now))


def _callbacks(facts: Facts, now: datetime) -> list[Alert]:
    due = facts.oldest_callback_due
    if due is None or now - due <= CALLBACK_GRACE:
        return []
    return [Alert(Trouble.CALLBACK_OVERDUE, count=facts.callbacks_overdue, since=due)]


def _duties(facts: Facts, now: datetime) -> list[Alert]:
    found = []
    for duty in facts.duties:
        patience = max(DUTY_GRACE, timedelta(seconds=DUTY_TURNS * duty.seconds))
        last = max((at for at in (duty.started_at, duty.finished_at) if at), default=None)
        if last is None or now - last > patience:
            found.append(Alert(Trouble.DUTY_STALLED, subject=duty.name, since=last))
        elif duty.failing:
            found.append(Alert(Trouble.DUTY_FAILING, subject=duty.name, since=duty.finished_at))
    return found


def _messages(facts: Facts, now: datetime) -> list[Alert]:
    found = []
    oldest = facts.oldest_message
    if oldest is not None and now - oldest > MESSAGE_GRACE:
        found.append(Alert(Trouble.MESSAGE_WAITING, count=facts.messages_waiting, since=oldest))
    if facts.messages_given_up:
        found.append(Alert(Trouble.MESSAGE_GIVEN_UP, count=facts.messages_given_up))
    return found


def _keeping(facts: Facts, now: datetime) -> list[Alert]:
    found = []
    waiting = facts.events_waiting_since
    if waiting is not None and now - waiting > SEAL_GRACE:
        found.append(Alert(Trouble.AUDIT_UNSEALED, since=waiting))
    if facts.backup_expected and (facts.backup_at is None or now - facts.backup_at > BACKUP_GRACE):
        found.append(Alert(Trouble.BACKUP_OLD, since=facts.backup_at))
    return found
