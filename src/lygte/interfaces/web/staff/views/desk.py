from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lygte.apps.accounts import federation, signin
from lygte.apps.tenancy import selectors as tenancy
from lygte.interfaces.web.first_page import first_page
from lygte.interfaces.web.requests import StaffRequest

UNLOCK_TRIES = 5


@login_required
def home(request: StaffRequest) -> HttpResponseBase:
    """Go where this user's work begins."""
    services = tenancy.services_for_anything(request.actor)
    remembered = request.session.get("service")
    services.sort(key=lambda service: str(service.pk) != remembered)
    for service in services:
        if url := first_page(request.actor, service):
            return redirect(url)
    return render(request, "staff/desk/no_access.html", status=403)


@login_required
@require_POST
def lock(request: StaffRequest) -> HttpResponseBase:
    """Lock a shared desk: nothing is readable until the same person unlocks it."""
    if not request.session.get("locked"):
        signin.desk(request.user, locked=True, now=request.now)
    request.session["locked"] = True
    return redirect(f"{reverse('staff:unlock')}?next={_safe_next(request)}")


@login_required
@require_http_methods(["GET", "POST"])
def unlock(request: StaffRequest) -> HttpResponseBase:
    """Unlock by password; five wrong ones end the session."""
    wrong = ""
    if request.method == "POST":
        if request.user.check_password(request.POST.get("password", "")):
            request.session["locked"] = False
            request.session["unlock_tries"] = 0
            signin.desk(request.user, locked=False, now=request.now)
            return redirect(_safe_next(request))
        if _one_more_try(request) >= UNLOCK_TRIES:
            logout(request)
            return redirect("account_login")
        wrong = _("That was not the password.")
    return _unlock_page(request, wrong)


def _unlock_page(request: StaffRequest, wrong: str) -> HttpResponse:
    context = {
        "name": request.user.name,
        "common": _common_sign_in(request),
        "next": _safe_next(request),
        "errors": [{"id": "password", "text": wrong}] if wrong else [],
    }
    return render(request, "staff/desk/unlock.html", context, status=200)


def _common_sign_in(request: StaffRequest) -> str:
    """Return where somebody without a password here proves who they are; empty for everybody else."""
    if not federation.is_federated(request.user.pk):
        return ""
    return reverse("federated", args=[tenancy.current_municipality().key])


def _one_more_try(request: StaffRequest) -> int:
    tries = int(request.session.get("unlock_tries", 0)) + 1
    request.session["unlock_tries"] = tries
    signin.failed(request.user.username, now=request.now)
    return tries


def _safe_next(request: StaffRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if allowed and wanted.startswith("/") else "/"
