"""The trail of a service, day by day: who did what. Says nothing of whom it was done for."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lygte.apps.accounts import selectors as accounts
from lygte.apps.audit import selectors as audit
from lygte.apps.audit import words as audit_words
from lygte.apps.core.labels import word
from lygte.apps.tenancy.dated import Kind
from lygte.domain.access import Action, ActorKind
from lygte.domain.time import ONE_DAY, at_local, day_of
from lygte.domain.vocab import Channel, CodeList, Level, PromiseKind, Role
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import settings_words as words
from lygte.interfaces.web.staff.views.settings_forms import MIDNIGHT
from lygte.interfaces.web.staff.views.settings_pages import page

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

PAGE = 200
USER = "accounts.user"


@staff(Action.AUDIT_SEE)
@require_safe
def trail(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show a day of the trail, newest first; narrowed to one colleague where asked."""
    today = day_of(request.now)
    day = min(_day(request.GET.get("dag"), today), today)
    number = _number(request.GET.get("side"))
    users = accounts.users_of_service(service.pk)
    who = next((user for user in users if str(user.pk) == request.GET.get("kollega")), None)
    start, end = at_local(day, MIDNIGHT), at_local(day + ONE_DAY, MIDNIGHT)
    found = audit.events_of_service(service.pk, start, end, user_ids=[user.pk for user in users])
    if who is not None:
        found = audit.by_actor(found, who.pk)
    rows = list(found[number * PAGE : number * PAGE + PAGE + 1])
    context = {
        "day": day,
        "before": (day - timedelta(days=1)).isoformat(),
        "after": (day + timedelta(days=1)).isoformat() if day < today else "",
        "rows": shown(rows[:PAGE]),
        "more": number + 1 if len(rows) > PAGE else 0,
        "users": [{"id": str(user.pk), "name": user.name, "chosen": user is who} for user in users],
        "who": str(who.pk) if who else "",
    }
    return page(request, service, "settings_audit", "audit", context)


def _day(text: str | None, today: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return today


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 0


def shown(events: Iterable[Any]) -> list[dict[str, Any]]:
    """Return events as rows: when, who, what, and what of a setting or a user it was about."""
    rows = list(events)
    names = accounts.user_names(
        [row.actor_id for row in rows if row.actor_kind == ActorKind.USER]
        + [row.subject_id for row in rows if row.subject == USER]
    )
    return [
        {
            "at": row.at,
            "who": _who(row, names),
            "what": audit_words.word(row.verb),
            "about": _about(row, names),
        }
        for row in rows
    ]


def _who(row: Any, names: dict[Any, str]) -> str:
    if row.actor_kind == ActorKind.USER:
        return names.get(row.actor_id) or _("unknown user")
    kinds = {
        ActorKind.SYSTEM: _("Lygte itself"),
        ActorKind.LINK: _("a link"),
        ActorKind.WEBHOOK: _("a telephone system"),
    }
    return kinds[ActorKind(row.actor_kind)]


def _about(row: Any, names: dict[Any, str]) -> str:
    detail = row.detail
    parts = [_setting(detail)]
    if row.subject == USER and row.subject_id != row.actor_id:
        parts.append(names.get(row.subject_id, ""))
    if detail.get("role") in set(Role):
        parts.append(word(Role, detail["role"]))
    if detail.get("reason") in words.FACTOR_REASONS:
        parts.append(str(words.FACTOR_REASONS[detail["reason"]]))
    return ", ".join(part for part in parts if part)


def _setting(detail: dict[str, Any]) -> str:
    kinds = {
        Kind.OPENING.value: _("opening"),
        Kind.TARGET.value: _("target"),
        Kind.LEVEL.value: _("consequences of a level"),
        Kind.FOLLOW_UP.value: _("follow-up rule"),
        Kind.CODE.value: _("code list"),
        "practice": _("change of practice"),
        "service": _("facts of the service"),
        "password": _("password"),
        "second_factor": _("second step"),
    }
    name = kinds.get(str(detail.get("what")), "")
    codes = (("channel", Channel), ("level", Level), ("kind", PromiseKind), ("list", CodeList))
    closer = next(
        (word(codes_of, detail[key]) for key, codes_of in codes if detail.get(key) in set(codes_of)), ""
    )
    return f"{name}: {closer}" if name and closer else name
