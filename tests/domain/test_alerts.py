"""When operations must be told."""

from datetime import UTC, datetime, timedelta

import pytest

from lygte.domain.alerts import Alert, DutyFact, Facts, Trouble, alerts

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


def ago(**parts: int) -> datetime:
    return NOW - timedelta(**parts)


def troubles(facts: Facts) -> list[Trouble]:
    return [alert.trouble for alert in alerts(facts, now=NOW)]


def duty(*, started: datetime | None, seconds: int = 10, failing: bool = False) -> Facts:
    return Facts(duties=(DutyFact("audit.seal", seconds, started, started, failing),))


def test_where_nothing_waits_nobody_is_told() -> None:
    assert alerts(Facts(), now=NOW) == ()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (duty(started=ago(seconds=59)), []),
        (duty(started=ago(seconds=61)), [Trouble.DUTY_STALLED]),
        (duty(started=None), [Trouble.DUTY_STALLED]),
        (duty(started=ago(hours=30), seconds=86400), []),
        (duty(started=ago(days=6), seconds=86400), [Trouble.DUTY_STALLED]),
        (duty(started=ago(seconds=5), failing=True), [Trouble.DUTY_FAILING]),
        (Facts(callbacks_overdue=2, oldest_callback_due=ago(minutes=10)), []),
        (Facts(callbacks_overdue=2, oldest_callback_due=ago(minutes=11)), [Trouble.CALLBACK_OVERDUE]),
        (Facts(messages_waiting=1, oldest_message=ago(minutes=4)), []),
        (Facts(messages_waiting=1, oldest_message=ago(minutes=6)), [Trouble.MESSAGE_WAITING]),
        (Facts(messages_given_up=1), [Trouble.MESSAGE_GIVEN_UP]),
        (Facts(events_waiting_since=ago(minutes=4)), []),
        (Facts(events_waiting_since=ago(minutes=6)), [Trouble.AUDIT_UNSEALED]),
        (Facts(backup_expected=True), [Trouble.BACKUP_OLD]),
        (Facts(backup_expected=True, backup_at=ago(hours=25)), []),
        (Facts(backup_expected=True, backup_at=ago(hours=27)), [Trouble.BACKUP_OLD]),
        (Facts(backup_expected=False, backup_at=ago(days=9)), []),
    ],
)
def test_a_standstill_is_told_and_a_busy_minute_is_not(facts: Facts, told: list[Trouble]) -> None:
    assert troubles(facts) == told


def test_a_callback_that_is_late_comes_first_and_says_how_many_and_since_when() -> None:
    facts = Facts(
        duties=(DutyFact("audit.seal", 10, None, None, False),),
        callbacks_overdue=3,
        oldest_callback_due=ago(hours=1),
    )
    first = alerts(facts, now=NOW)[0]
    assert first == Alert(Trouble.CALLBACK_OVERDUE, count=3, since=ago(hours=1))
