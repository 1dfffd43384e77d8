"""When the line is down: the sheet for the drawer, and catching up afterwards."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lygte.apps.casework import late
from lygte.apps.casework import services as casework
from lygte.apps.contacts import services as contacts
from lygte.apps.core.ids import new_id
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit
from lygte.apps.outages import selectors, services
from lygte.domain.access import Action
from lygte.domain.time import at_local, day_of, local
from lygte.domain.vocab import Channel, ContactState, Level
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import contacts_form as form
from lygte.interfaces.web.staff.views.offline import keeps_nobody

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

LOOK_BACK = timedelta(days=7)
LANGUAGES = ("da", "en")
FORMS = 2
LINES = 4
MOST_GAPS = 10
QUICK = ("caller", "level", "children", "under_18")
TROUBLE = {
    "too_old": gettext_lazy("That is more than a month ago."),
    "in_the_future": gettext_lazy("That time has not come yet."),
    "before_start": gettext_lazy("The end must come after the beginning."),
    "time": gettext_lazy("Write day and time."),
    "number": gettext_lazy("Write whole minutes."),
}


@require_GET
@staff(Action.CONTACT_REGISTER)
def emergency_sheet(request: StaffRequest, service: "Service") -> HttpResponse:
    """What to do and blank forms, on paper, in Danish or English. It holds nobody."""
    asked = request.GET.get("sprog", "")
    language = asked if asked in LANGUAGES else translation.get_language() or "da"
    blank = SimpleNamespace(service_id=service.pk, causes=[], measures=[])
    day = day_of(request.now)
    with translation.override(language):
        names = (*form.TALKING[1:], *form.CLOSING[:3])
        context = {
            "service": service,
            "channels": form.group("channel", None, contact=blank, day=day),
            "groups": [form.group(name, None, contact=blank, day=day) for name in names],
            "forms": range(FORMS),
            "lines": range(LINES),
            "printed_on": request.now,
            "other": "en" if language.startswith("da") else "da",
        }
        return keeps_nobody(render(request, "staff/outages/sheet.html", context))


@require_http_methods(["GET", "POST"])
@staff(Action.OUTAGE_CATCH_UP)
def outages(request: StaffRequest, service: "Service") -> HttpResponse:
    """Where the sheet is, in which hours nothing was registered, and which outages have been noted."""
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            row = services.note_outage(
                actor=request.actor,
                now=request.now,
                service=service,
                began_at=_moment("began_at", request.POST.get("began_at", "")),
                ended_at=_moment("ended_at", request.POST.get("ended_at", "")),
            )
            return redirect("staff:outage", row.pk)
        except InvalidField as problem:
            errors = [_error(problem)]
    since = request.now - LOOK_BACK
    silent = selectors.silent(service.pk, start=since, end=request.now)
    longest = sorted(silent, key=lambda gap: gap.start - gap.end)[:MOST_GAPS]
    context = {
        "gaps": [_gap(gap) for gap in longest],
        "noted": selectors.outages(service.pk, since=since),
        "errors": errors,
        "typed": {
            "began_at": request.POST.get("began_at", request.GET.get("fra", "")),
            "ended_at": request.POST.get("ended_at", request.GET.get("til", "")),
        },
    }
    return render(request, "staff/outages/outages.html", context)


def _gap(gap: Any) -> dict[str, Any]:
    minutes = round((gap.end - gap.start).total_seconds() / 60)
    return {
        "start": gap.start,
        "end": gap.end,
        "hours": minutes // 60,
        "minutes": minutes % 60,
        "query": f"?fra={_typed(gap.start)}&til={_typed(gap.end)}#note",
    }


def _typed(moment: datetime) -> str:
    return f"{local(moment):%Y-%m-%dT%H:%M}"


def _moment(field: str, text: str) -> datetime:
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidField(field, "time") from None
    return at_local(typed.date(), typed.time().replace(tzinfo=None))


def _error(problem: InvalidField) -> dict[str, str]:
    return {
        "id": f"id_{problem.field}",
        "text": str(TROUBLE.get(problem.code) or _("This cannot be saved. Look at it once more.")),
    }


@require_http_methods(["GET", "POST"])
@staff(Action.OUTAGE_CATCH_UP)
def outage(request: StaffRequest, outage: UUID) -> HttpResponse:
    """Register one contact after the other with the times at which they happened."""
    row = services.read_outage(actor=request.actor, outage_id=outage)
    request.service = row.service
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            return _register(request, row)
        except InvalidField as problem:
            errors = [_error(problem)]
        except Refused:
            messages.warning(request, _("This outage is marked as finished."))
    return _show(request, row, errors)


def _register(request: StaffRequest, row: Any) -> HttpResponse:
    contact_id = _identifier(request)
    contact = late.register_afterwards(
        actor=request.actor,
        now=request.now,
        service=row.service,
        outage_id=row.pk,
        contact_id=contact_id,
        began_at=_moment("began_at", request.POST.get("began_at", "")),
        channel=_channel(request),
        minutes=_minutes(request.POST.get("minutes", "")),
        fields=_fields(request.POST),
    )
    if request.POST.get("next") == "whole":
        return redirect("staff:contact", contact.pk)
    try:
        if contact.state != ContactState.CLOSED:
            casework.close_contact(actor=request.actor, now=request.now, contact_id=contact.pk)
    except contacts.CannotClose:
        messages.warning(request, _("It is saved, but stays open: decide first whether to notify."))
        return redirect("staff:contact_close", contact.pk)
    messages.success(request, _("Registered. Write the next one."))
    return redirect("staff:outage", row.pk)


def _identifier(request: StaffRequest) -> UUID:
    try:
        return UUID(request.POST["contact"])
    except (KeyError, ValueError) as problem:
        raise BadRequest("not a contact that can be registered") from problem


def _channel(request: StaffRequest) -> Channel:
    try:
        return Channel(request.POST.get("channel", Channel.PHONE))
    except ValueError:
        raise InvalidField("channel", "unknown_code") from None


def _minutes(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.strip().isascii() and text.strip().isdigit() and int(text) <= 24 * 60):
        raise InvalidField("minutes", "number")
    return int(text)


def _fields(sent: Mapping[str, str]) -> dict[str, FieldEdit]:
    return {name: FieldEdit(sent[name]) for name in (*QUICK, "own_words") if sent.get(name)}


def _show(request: StaffRequest, row: Any, errors: list[dict[str, str]]) -> HttpResponse:
    sent = request.POST if errors else {}
    chosen = {"channel": Channel.PHONE.value, **{name: sent[name] for name in sent}}
    blank, day = SimpleNamespace(service_id=row.service_id, causes=[], measures=[]), day_of(request.now)
    groups = [form.group(name, chosen.get(name, ""), contact=blank, day=day) for name in ("channel", *QUICK)]
    context = {
        "outage": row,
        "registered": [_line(one) for one in selectors.registered_in(row.pk)],
        "groups": groups,
        "typed": {
            "began_at": sent.get("began_at", _typed(row.began_at)),
            "minutes": sent.get("minutes", ""),
            "own_words": sent.get("own_words", ""),
        },
        "bounds": {"least": _typed(row.began_at - timedelta(days=1)), "most": _typed(request.now)},
        "contact_id": new_id(),
        "errors": errors,
    }
    return render(request, "staff/outages/outage.html", context)


def _line(one: Any) -> dict[str, Any]:
    contact = one.contact
    return {
        "id": contact.pk,
        "at": contact.started_at,
        "channel": word(Channel, contact.channel),
        "level": word(Level, contact.level) if contact.level else "",
        "minutes": contact.minutes,
        "closed": contact.state == ContactState.CLOSED,
    }


@require_POST
@staff(Action.OUTAGE_CATCH_UP)
def outage_finish(request: StaffRequest, outage: UUID) -> HttpResponse:
    """Say that everything has been registered."""
    row = services.finish_outage(actor=request.actor, now=request.now, outage_id=outage)
    messages.success(request, _("Thank you. Everything from that time is registered."))
    return redirect("staff:outages", row.service.slug)
