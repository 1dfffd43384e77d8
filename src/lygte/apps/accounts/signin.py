"""Signing in: lock-out after failed tries, and what is audited of it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from lygte.apps.accounts.models import SignInTries, User
from lygte.apps.audit import services as audit
from lygte.apps.core.scope import municipality_scope
from lygte.domain.access import Actor, ActorKind
from lygte.domain.events import Verb

TRIES = 5
LOCK_MINUTES = 15
FORGET_AFTER = timedelta(hours=24)


def locked_until(username: str, *, now: datetime) -> datetime | None:
    """Return until when a user name is locked, known or not; None when it may try."""
    row = SignInTries.objects.filter(pk=_digest(username), locked_until__gt=now).first()
    return row.locked_until if row else None


def succeeded(user: User, *, now: datetime) -> None:
    """Note a completed sign-in, second factor included."""
    SignInTries.objects.filter(pk=_digest(user.username)).delete()
    _record(user, Verb.SIGNED_IN, now)


def ended(user: User, *, now: datetime) -> None:
    """Note a sign-out."""
    _record(user, Verb.SIGNED_OUT, now)


@transaction.atomic
def failed(username: str, *, now: datetime) -> None:
    """Note a failed try; the fifth locks the name for a quarter of an hour."""
    SignInTries.objects.filter(last_failed_at__lt=now - FORGET_AFTER).delete()
    digest = _digest(username)
    SignInTries.objects.get_or_create(pk=digest, defaults={"last_failed_at": now})
    SignInTries.objects.filter(pk=digest).update(failed=F("failed") + 1, last_failed_at=now)
    locked = SignInTries.objects.filter(pk=digest, failed__gte=TRIES).update(
        failed=0, locked_until=now + timedelta(minutes=LOCK_MINUTES)
    )
    user = User.objects.filter(username=username.lower()).first()
    if user is not None:
        _record(user, Verb.LOCKED_OUT if locked else Verb.SIGN_IN_FAILED, now)


def desk(user: User, *, locked: bool, now: datetime) -> None:
    """Note that a shared desk was locked or unlocked."""
    _record(user, Verb.DESK_LOCKED if locked else Verb.DESK_UNLOCKED, now)


def _record(user: User, verb: Verb, now: datetime) -> None:
    actor = Actor(ActorKind.USER, user.municipality_id, user.pk)
    with municipality_scope(user.municipality_id):
        audit.record(verb, actor=actor, now=now, subject=user)


def _digest(username: str) -> str:
    return salted_hmac("lygte.sign-in", username.strip().lower(), algorithm="sha256").hexdigest()
