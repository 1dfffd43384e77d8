"""Promising to ring back, from a contact or from scratch."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lygte.apps.contacts import services as contacts
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField
from lygte.apps.people import selectors as people
from lygte.apps.promises import services
from lygte.apps.promises.services.making import callback_length
from lygte.domain.access import AccessDenied, Action
from lygte.domain.time import at_local, day_of
from lygte.domain.vocab import Level, MayRing
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import promises_words as words
from lygte.interfaces.web.ui import components
from lygte.interfaces.web.ui.components import Choice

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

ONE_DAY = timedelta(days=1)


class CallbackForm(forms.Form):
    """What a promise to ring back needs; hours left empty follow the crisis level."""

    number = forms.CharField(
        label=gettext_lazy("Number to ring"),
        required=False,
        max_length=30,
        error_messages={"required": gettext_lazy("Write the number to ring.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    day = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    opens = forms.TimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    closes = forms.TimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    note = forms.CharField(
        label=gettext_lazy("To whoever rings"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "class": "grow-text"}),
    )
    mine = forms.BooleanField(label=gettext_lazy("I ring myself"), required=False)
    acknowledge = forms.BooleanField(label=gettext_lazy("Send an SMS with the time"), required=False)

    def window(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Return the agreed window; None for what was left to the rules. An end before the beginning is the
        next day.
        """
        typed = self.cleaned_data
        day = typed["day"] or day_of(now)
        opens, closes = (_at(day, typed[name]) for name in ("opens", "closes"))
        if opens and closes and closes <= opens:
            closes = _at(day + ONE_DAY, typed["closes"])
        if typed["day"] and not opens and not closes:
            raise InvalidField("opens", "missing")
        return opens, closes


def _at(day: Any, clock: time | None) -> datetime | None:
    return at_local(day, clock) if clock else None


@require_http_methods(["GET", "POST"])
@staff(Action.PROMISE_KEEP)
def promise_new(request: StaffRequest, service: "Service") -> HttpResponse:
    """Promise to ring back."""
    contact = _contact(request, service)
    form = CallbackForm(request.POST or None, initial={"number": "", "mine": False})
    form.fields["number"].required = contact is None
    if request.method == "POST" and form.is_valid():
        try:
            return _promise(request, service, form, contact)
        except InvalidField as problem:
            field = problem.field if problem.field in form.fields else None
            form.add_error(field, _("Write from when.") if field == "opens" else words.invalid(problem))
    context = _context(request, service, contact) | {"form": form}
    return render(request, "staff/promises/new.html", context, status=422 if form.errors else 200)


def _contact(request: StaffRequest, service: "Service") -> Any:
    """Return the contact in which the promise is made; it must be one of this service."""
    try:
        contact_id = UUID(request.GET.get("henvendelse", "") or request.POST.get("henvendelse", ""))
    except ValueError:
        return None
    contact = contacts.read_contact(actor=request.actor, now=request.now, contact_id=contact_id)
    if contact.service_id != service.pk:
        raise AccessDenied(Action.PROMISE_KEEP)
    return contact


def _promise(request: StaffRequest, service: "Service", form: CallbackForm, contact: Any) -> HttpResponse:
    opens, closes = form.window(request.now)
    typed = form.cleaned_data
    level = getattr(contact, "level", "")
    made = services.make_callback(
        actor=request.actor,
        now=request.now,
        service=service,
        number=typed["number"],
        opens=opens,
        closes=closes,
        level=Level(level) if level else None,
        may_ring=_may_ring(request),
        person_id=contact.person_id if contact else None,
        contact_id=contact.pk if contact else None,
        owner_id=request.actor.id if typed["mine"] else None,
        note=typed["note"],
        acknowledge=typed["acknowledge"],
    )
    said = words.promised(made, request.now)
    messages.success(request, _("Callback {promised}.").format(promised=said))
    if contact and contact.state != "closed":
        return redirect("staff:contact", contact=contact.pk)
    return redirect("staff:promises", service=service.slug)


def _may_ring(request: StaffRequest) -> MayRing:
    said = request.POST.get("may_ring", "")
    return MayRing(said) if said in (MayRing.YES, MayRing.YES_NO_MESSAGE) else MayRing.NOT_STATED


def _context(request: StaffRequest, service: "Service", contact: Any) -> dict[str, Any]:
    level = Level(contact.level) if contact and contact.level else None
    minutes = int(callback_length(service.pk, level, now=request.now).total_seconds() // 60)
    card = people.cards([contact.person_id]).get(contact.person_id) if contact and contact.person_id else None
    selected = request.POST.get("may_ring", "")
    return {
        "contact_id": str(contact.pk) if contact else "",
        "back_url": reverse("staff:contact", args=[contact.pk])
        if contact
        else reverse("staff:promises", args=[service.slug]),
        "name": card.shown_name if card else "",
        "initials": card.initials if card else "",
        "level": word(Level, level) if level else "",
        "minutes": minutes,
        "message_group": components.choice_group(
            "may_ring",
            legend=_("May we leave a message?"),
            selected=selected,
            choices=[
                Choice("yes", _("yes")),
                Choice("yes_no_message", _("no")),
                Choice("not_stated", word(MayRing, "not_stated")),
            ],
        ),
    }
