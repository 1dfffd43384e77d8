"""Users of a service: who they are, what they may do, and how they sign in."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lygte.apps.accounts import selectors as accounts
from lygte.apps.accounts import services
from lygte.apps.accounts.services import FactorReason
from lygte.apps.audit import selectors as audit
from lygte.apps.core.labels import word
from lygte.apps.core.refusals import Refused
from lygte.domain.access import Action
from lygte.domain.events import Verb
from lygte.domain.time import day_of
from lygte.domain.vocab import Role
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import settings_forms as forms
from lygte.interfaces.web.staff.views import settings_words as words
from lygte.interfaces.web.staff.views.settings_audit import shown
from lygte.interfaces.web.staff.views.settings_pages import allowed, bound, form_page, kept, page, saved
from lygte.interfaces.web.ui.templatetags.ui import danish_date

if TYPE_CHECKING:
    from lygte.apps.accounts.models import User
    from lygte.apps.tenancy.models import Service

LATELY = timedelta(days=30)
USER_VERBS = (
    *(Verb.USER_CREATED, Verb.USER_CHANGED, Verb.USER_CLOSED, Verb.USER_REOPENED),
    *(Verb.GRANT_GIVEN, Verb.GRANT_ENDED),
)


@staff(Action.SETTINGS_SEE)
@require_safe
def users(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Show who has a role here, and what was done to roles and sign-ins lately."""
    found = accounts.users_of_service(service.pk)
    ids = [user.pk for user in found]
    grants, factors = accounts.grants_of(ids), accounts.second_factors(ids)
    rows = [
        {
            "name": user.name,
            "username": user.username,
            "url": reverse("staff:settings_user", args=[service.slug, user.pk]),
            "roles": ", ".join(
                _role(grant) for grant in grants.get(user.pk, []) if _runs(request, service, grant)
            ),
            "has_factor": bool(factors.get(user.pk)),
            "is_active": user.is_active,
            "waits": user.must_change_password and user.is_active,
        }
        for user in found
    ]
    events = list(audit.events_of_verbs(service.pk, USER_VERBS, request.now - LATELY)[:50])
    context = {
        "rows": rows,
        "events": shown(events),
        "may_manage": allowed(request, service, Action.USERS_MANAGE),
    }
    return page(request, service, "settings_users", "users", context)


def _role(grant: Any) -> str:
    name = word(Role, grant.role)
    return name if grant.service_id else _("%(role)s in every service") % {"role": name}


def _runs(request: StaffRequest, service: "Service", grant: Any) -> bool:
    """Tell whether a role holds today in this service."""
    today = day_of(request.now)
    here = grant.service_id in (None, service.pk)
    return here and grant.valid_from <= today and (grant.valid_to is None or grant.valid_to >= today)


@staff(Action.USERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def user_new(request: StaffRequest, service: "Service") -> HttpResponseBase:
    """Make a user with a role here, and show the one-time password this once."""
    form = bound(request, forms.UserForm)
    made: list[tuple[User, str]] = []
    if kept(form, lambda: made.append(_invite(request, service, form))):
        user, password = made[0]
        return _secret_page(request, service, user, password, title=_("The user is made"))
    note = _("A role in casework is shown to the leader of the service.")
    return form_page(
        request, service, "settings_users", form, title=_("New user"), submit=_("Make"), note=note
    )


def _invite(request: StaffRequest, service: "Service", form: Any) -> "tuple[User, str]":
    typed = form.cleaned_data
    return services.invite_user(
        actor=request.actor,
        now=request.now,
        service_id=service.pk,
        username=typed["username"],
        name=typed["name"],
        role=Role(typed["role"]),
    )


def _secret_page(
    request: StaffRequest, service: "Service", user: "User", password: str, *, title: str
) -> HttpResponse:
    context = {
        "title": title,
        "lead": _("One-time password for %(name)s (%(username)s)")
        % {"name": user.name, "username": user.username},
        "secret": password,
        "note": _("It is shown this once. At the first sign-in it is exchanged for a password of their own."),
        "back": reverse("staff:settings_user", args=[service.slug, user.pk]),
    }
    return page(request, service, "settings_users", "secret", context)


@staff(Action.SETTINGS_SEE)
@require_safe
def user(request: StaffRequest, service: "Service", user: UUID) -> HttpResponseBase:
    """Show one user: roles with their days, second factors, and what may be done."""
    found = _user_here(service, user)
    manages = allowed(request, service, Action.USERS_MANAGE) and services.may_manage(
        request.actor, found, today=day_of(request.now)
    )
    grants = [
        grant
        for grant in accounts.grants_of([found.pk]).get(found.pk, [])
        if grant.service_id in (None, service.pk)
    ]
    context = {
        "who": found,
        "is_self": found.pk == request.actor.id,
        "manages": manages and found.is_active,
        "may_reopen": manages and not found.is_active,
        "grants": [_grant_row(request, service, grant, manages=manages) for grant in grants],
        "factors": accounts.second_factors([found.pk]).get(found.pk, set()),
        "role_form": forms.RoleForm(),
        "factor_form": forms.FactorForm(),
    }
    return page(request, service, "settings_users", "user", context)


def _user_here(service: "Service", user_id: UUID) -> "User":
    found = next((one for one in accounts.users_of_service(service.pk) if one.pk == user_id), None)
    if found is None:
        raise Http404
    return found


def _grant_row(request: StaffRequest, service: "Service", grant: Any, *, manages: bool) -> dict[str, Any]:
    runs = _runs(request, service, grant)
    ended = "" if grant.valid_to is None else danish_date(max(grant.valid_to, grant.valid_from))
    since = danish_date(grant.valid_from)
    period = _("%(since)s to %(until)s") if ended else _("since %(since)s")
    return {
        "role": _role(grant),
        "period": period % {"since": since, "until": ended},
        "runs": runs,
        "end_url": reverse("staff:settings_grant_end", args=[service.slug, grant.pk])
        if runs and manages
        else "",
    }


@staff(Action.USERS_MANAGE)
@require_POST
def role_give(request: StaffRequest, service: "Service", user: UUID) -> HttpResponseBase:
    """Give a user a role in this service."""
    found = _user_here(service, user)
    form = bound(request, forms.RoleForm)
    if not form.is_valid():
        messages.error(request, _("Choose a role."))
        return redirect("staff:settings_user", service=service.slug, user=user)
    role = Role(form.cleaned_data["role"])
    return _done(
        request,
        service,
        user,
        _("The role is given. The leader of the service sees it."),
        lambda: services.give_role(
            actor=request.actor, now=request.now, user=found, role=role, service_id=service.pk
        ),
    )


def _done(
    request: StaffRequest, service: "Service", user: UUID, sentence: str, act: Callable[[], object]
) -> HttpResponseBase:
    try:
        act()
        messages.success(request, sentence)
    except Refused as problem:
        messages.error(request, words.refusal(problem))
    return redirect("staff:settings_user", service=service.slug, user=user)


@staff(Action.USERS_MANAGE)
@require_POST
def grant_end(request: StaffRequest, service: "Service", grant: UUID) -> HttpResponseBase:
    """End a role at once."""
    row = accounts.grant(grant)
    return _done(
        request,
        service,
        row.user_id,
        _("The role has ended."),
        lambda: services.end_role(actor=request.actor, now=request.now, grant_id=grant),
    )


@staff(Action.USERS_MANAGE)
@require_POST
def user_close(request: StaffRequest, service: "Service", user: UUID) -> HttpResponseBase:
    """Close an account."""
    found = _user_here(service, user)
    try:
        services.close_user(actor=request.actor, now=request.now, user_id=found.pk)
    except Refused as problem:
        messages.error(request, words.refusal(problem))
        return redirect("staff:settings_user", service=service.slug, user=user)
    sentence = _("The account of %(name)s is closed.") % {"name": found.name}
    return saved(request, service, "settings_users", sentence)


@staff(Action.USERS_MANAGE)
@require_POST
def user_reopen(request: StaffRequest, service: "Service", user: UUID) -> HttpResponseBase:
    """Open a closed account again and show a one-time password this once."""
    found = _user_here(service, user)
    return _new_secret(
        request,
        service,
        found,
        lambda: services.reopen_user(actor=request.actor, now=request.now, user_id=found.pk),
        title=_("The account is open again"),
    )


@staff(Action.USERS_MANAGE)
@require_POST
def user_password(request: StaffRequest, service: "Service", user: UUID) -> HttpResponseBase:
    """Give a one-time password and show it this once."""
    found = _user_here(service, user)
    return _new_secret(
        request,
        service,
        found,
        lambda: services.reset_password(actor=request.actor, now=request.now, user_id=found.pk),
        title=_("New one-time password"),
    )


@staff(Action.USERS_MANAGE)
@require_POST
def user_factor(request: StaffRequest, service: "Service", user: UUID) -> HttpResponseBase:
    """Take away the second factor, with a reason, and show a one-time password this once."""
    found = _user_here(service, user)
    reason = request.POST.get("reason", "")
    if reason not in set(FactorReason):
        messages.error(request, _("Choose why the second step is taken away."))
        return redirect("staff:settings_user", service=service.slug, user=user)
    return _new_secret(
        request,
        service,
        found,
        lambda: services.remove_second_factor(
            actor=request.actor, now=request.now, user_id=found.pk, reason=FactorReason(reason)
        ),
        title=_("The second step is taken away"),
    )


def _new_secret(
    request: StaffRequest, service: "Service", found: "User", act: Callable[[], str], *, title: str
) -> HttpResponseBase:
    try:
        password = act()
    except Refused as problem:
        messages.error(request, words.refusal(problem))
        return redirect("staff:settings_user", service=service.slug, user=found.pk)
    return _secret_page(request, service, found, password, title=title)
