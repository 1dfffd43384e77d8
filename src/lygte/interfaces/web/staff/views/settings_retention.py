"""What is kept and for how long: terms, a preview that names nobody, and receipts of what is gone."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lygte.apps.accounts import selectors as accounts
from lygte.apps.core.refusals import Refused
from lygte.apps.privacy import selectors, services
from lygte.domain.access import AccessDenied, Action
from lygte.domain.retention import LONGEST_MONTHS, RULES, Act, Ground
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views.rights_words import ACTS, GROUNDS
from lygte.interfaces.web.staff.views.settings_pages import bound, form_page, kept, page, saved

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

CURRENT = "settings_retention"


class TermForm(forms.Form):
    months = forms.IntegerField(label=gettext_lazy("Months"), min_value=1, max_value=LONGEST_MONTHS)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The decision or the rule that it follows."),
        max_length=300,
    )


@staff(Action.RETENTION_MANAGE)
@require_safe
def retention(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show each ground with its term and how much is past it now, and the newest receipts."""
    rows = selectors.preview(now=request.now)
    found = selectors.receipts()
    names = accounts.user_names(row.actor_id for row in found)
    context = {
        "rows": [_row(service, row) for row in rows],
        "due": sum(row.count for row in rows),
        "running": selectors.running() is not None,
        "may_run": _everywhere(request),
        "receipts": [_receipt(row, names) for row in found],
    }
    return page(request, service, CURRENT, "retention", context)


def _everywhere(request: StaffRequest) -> bool:
    try:
        selectors.require_everywhere(request.actor)
    except AccessDenied:
        return False
    return True


def _row(service: "Service", row: selectors.Standing) -> dict[str, Any]:
    return {
        "title": GROUNDS[row.rule.ground],
        "months": row.months,
        "act": ACTS[row.rule.act],
        "chosen": row.is_chosen,
        "reason": row.reason,
        "before": row.cutoff,
        "count": row.count,
        "edit_url": ""
        if row.rule.act is Act.KEEP
        else reverse("staff:settings_retention_term", args=[service.slug, row.rule.ground.value]),
    }


def _receipt(row: Any, names: dict[Any, str]) -> dict[str, Any]:
    return {
        "at": row.at,
        "title": GROUNDS[Ground(row.ground)] if row.ground else _("A person who asked for it"),
        "total": row.counts.get(row.ground) or sum(row.counts.values()),
        "by": names.get(row.actor_id, _("Lygte itself")),
        "genuine": services.is_genuine(row),
        "digest": bytes(row.digest).hex()[:16],
    }


@staff(Action.RETENTION_MANAGE)
@require_POST
def run(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Ask for what is past its term to be let go of."""
    try:
        services.start(actor=request.actor, now=request.now)
        messages.success(request, _("It has begun. It goes on by itself; receipts appear below."))
    except Refused:
        messages.warning(request, _("It is going on already."))
    return redirect("staff:settings_retention", service.slug)


@staff(Action.RETENTION_MANAGE)
@require_http_methods(["GET", "POST"])
def term_edit(request: StaffRequest, service: "Service", ground: str) -> HttpResponseBase:
    """Choose how long something is kept, with a reason."""
    if ground not in set(Ground) or RULES[Ground(ground)].act is Act.KEEP:
        raise BadRequest("not a ground with a term")
    selectors.require_everywhere(request.actor)
    chosen = Ground(ground)
    standing = next(row for row in selectors.preview(now=request.now) if row.rule.ground is chosen)
    form = bound(request, TermForm, {"months": standing.months})
    if kept(
        form,
        lambda: services.choose(
            actor=request.actor,
            now=request.now,
            ground=chosen,
            months=form.cleaned_data["months"],
            reason=form.cleaned_data["reason"],
        ),
    ):
        return saved(request, service, CURRENT, _("The term is changed from today."))
    note = _("At least %(least)s months. Suggested: %(months)s.") % {
        "least": RULES[chosen].least,
        "months": RULES[chosen].months,
    }
    return form_page(request, service, CURRENT, form, title=str(GROUNDS[chosen]), submit=_("Save"), note=note)
