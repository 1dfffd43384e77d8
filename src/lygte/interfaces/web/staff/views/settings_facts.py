"""Plain facts of a service: name, numbers, clocks, and the text that tells a caller that we have heard."""

from typing import TYPE_CHECKING, Any

from django.http import HttpResponseBase
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lygte.apps.core.labels import word
from lygte.apps.core.refusals import InvalidField
from lygte.apps.outbox.length import parts
from lygte.apps.tenancy import profile
from lygte.domain.access import Action
from lygte.domain.vocab import OrganisationModel
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import settings_forms as forms
from lygte.interfaces.web.staff.views.settings_pages import bound, form_page, kept, page, saved

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service


@staff(Action.SETTINGS_SEE)
@require_safe
def facts(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show name, organisation, numbers, clocks and texts."""
    rows = [
        (_("Name of the service"), service.name),
        (_("How it is organised"), word(OrganisationModel, service.organisation_model)),
        (_("Phone"), service.phone),
        (_("Address"), service.address),
        (_("On-call backup"), service.on_call_phone),
        (_("Psychiatric emergency room"), service.emergency_room_phone),
        (_("The screen locks after"), _("%(n)s seconds") % {"n": service.lock_after_seconds}),
        (_("Shortest ring that counts"), _("%(n)s seconds") % {"n": service.short_ring_seconds}),
    ]
    texts = [
        {"label": label, "text": text, "length": len(text)}
        for label, text in (
            (_("Text message in Danish"), service.received_text_da),
            (_("Text message in English"), service.received_text_en),
        )
    ]
    return page(request, service, "settings_facts", "facts", {"facts": rows, "texts": texts})


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def facts_edit(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Change name, organisation, numbers and clocks."""
    form = bound(request, forms.FactsForm, {name: getattr(service, name) for name in profile.FACTS})
    if kept(form, lambda: _change(request, service, form.cleaned_data)):
        return saved(request, service, "settings_facts", _("The service is saved."))
    return form_page(
        request, service, "settings_facts", form, title=_("Change the service"), submit=_("Save")
    )


@staff(Action.SETTINGS_EDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def texts_edit(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Change the text that tells a caller that we have heard, and when we ring."""
    form = bound(request, forms.TextsForm, {name: getattr(service, name) for name in profile.TEXTS})
    if kept(form, lambda: _change_texts(request, service, form.cleaned_data)):
        return saved(request, service, "settings_facts", _("The texts are saved."))
    typed = request.POST.get("received_text_da", service.received_text_da)
    preview = _("%(n)s of 160 characters with a clock time in it: %(text)s") % {
        "n": len(_with_clock(typed)),
        "text": _with_clock(typed),
    }
    note = _("Sent when somebody leaves a message. Left empty, the standard text is sent.")
    return form_page(
        request,
        service,
        "settings_facts",
        form,
        title=_("Change the texts"),
        submit=_("Save"),
        note=note,
        preview=preview if typed else "",
    )


def _with_clock(text: str) -> str:
    when = _("{weekday} at {time}").format(weekday=WEEKDAYS[3], time="20.30")
    return (
        text.replace("{kl}", when)
        if "{kl}" in text
        else f"{text} {_('We ring before {time}.').format(time=when)}"
    )


def _change_texts(request: StaffRequest, service: "Service", typed: dict[str, Any]) -> None:
    for name, text in typed.items():
        if text and parts(_with_clock(text)) > 1:
            raise InvalidField(name, "one_message")
    _change(request, service, typed)


def _change(request: StaffRequest, service: "Service", typed: dict[str, Any]) -> None:
    profile.change_service(actor=request.actor, now=request.now, service_id=service.pk, values=typed)
