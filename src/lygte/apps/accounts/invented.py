"""Invented colleagues of an invented municipality, whom anyone may be at the sign-in page of a demo."""

import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.utils import timezone

from lygte.apps.accounts.models import User
from lygte.apps.accounts.selectors import running_grants
from lygte.apps.core.scope import municipality_scope
from lygte.domain.time import day_of
from lygte.domain.vocab import Role

PASSWORD = "lanterne-i-natten"  # noqa: S105 - printed on the sign-in page of the demo
PERIOD_SECONDS = 30


@dataclass(frozen=True, slots=True)
class InventedSignIn:
    """One invented colleague: who, in which role, and where."""

    username: str
    name: str
    role: Role
    place: str


def sign_ins() -> list[InventedSignIn]:
    """Return the colleagues of all invented municipalities, and of no real one."""
    users = User.objects.filter(municipality__is_invented=True, is_active=True).select_related("municipality")
    found: list[InventedSignIn] = []
    for user in users.order_by("municipality__key", "username"):
        with municipality_scope(user.municipality_id):
            rows = running_grants(day_of(timezone.now())).filter(user=user)
            grant = rows.select_related("service").first()
            if grant is not None:
                place = grant.service.name if grant.service else ""
                where = f"{place}, {user.municipality.name}".lstrip(", ")
                found.append(InventedSignIn(user.username, user.name, Role(grant.role), where))
    return sorted(found, key=lambda row: (list(Role).index(row.role), row.place, row.name))


def code_now(user: User) -> str | None:
    """Return an unused code that an invented colleague's app would show about now; None for others."""
    if not user.municipality.is_invented:
        return None
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if row is None or "secret" not in row.data:
        return None
    secret, factor = decrypt(row.data["secret"]), TOTP(row)
    now = int(time.time()) // PERIOD_SECONDS
    codes = [str(format_hotp_value(hotp_value(secret, now + step))) for step in (0, 1, -1)]
    return next((code for code in codes if not cache.get(factor._get_used_cache_key(code))), codes[0])
