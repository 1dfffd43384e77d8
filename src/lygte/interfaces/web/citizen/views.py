from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lygte.apps.plans import services as plans
from lygte.apps.privacy import services as privacy
from lygte.domain.vocab import ShareAudience
from lygte.interfaces.web.citizen import limits
from lygte.interfaces.web.citizen.openings import shown_openings
from lygte.interfaces.web.citizen.sections import shown_sections

LANGUAGES = ("da", "en")


@require_safe
def plan(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a secret link shares. Withdrawn, expired and unknown links answer alike: 404, the same page.

    An answer of its own for a closed link would tell whoever finds an old note that there was a plan.
    """
    language = _language(request)
    with translation.override(language):
        if limits.too_many(request):
            return _answer(_closed_page(language), language, status=429)
        try:
            shared = plans.open_share(now=timezone.now(), token=token)
        except plans.ShareClosed:
            limits.count_refusal(request)
            return _answer(_closed_page(language), language, status=404)
        context = _context(shared, language)
        if request.GET.get("form") == "tekst":
            text = render_to_string("citizen/plan.txt", context)
            return _answer(text, language, content_type="text/plain; charset=utf-8")
        return _answer(render_to_string("citizen/plan.html", context), language)


@require_safe
def openings(request: HttpRequest, token: str) -> HttpResponse:
    """Show the person who has opened their record; to a link that is not their own, the closed page."""
    language = _language(request)
    with translation.override(language):
        if limits.too_many(request):
            return _answer(_closed_page(language), language, status=429)
        try:
            found = privacy.openings_by_link(now=timezone.now(), token=token)
        except plans.ShareClosed:
            limits.count_refusal(request)
            return _answer(_closed_page(language), language, status=404)
        context = {
            "rows": shown_openings(found),
            "to_the_plan": f"../?sprog={language}",  # relative: the secret stays out of the page
            "page_language": language,
            "other_language": "en" if language == "da" else "da",
        }
        return _answer(render_to_string("citizen/openings.html", context), language)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("sprog", "")
    if asked in LANGUAGES:
        return asked
    current = (translation.get_language() or "da")[:2]
    return current if current in LANGUAGES else "da"


def _context(shared: plans.SharedPlan, language: str) -> dict[str, Any]:
    own = shared.audience is ShareAudience.CITIZEN
    return {
        "heading": _("My crisis plan") if own else _("A crisis plan that you may see"),
        "own": own,
        "service_name": shared.service_name,
        "service_phone": shared.service_phone,
        "updated_at": shared.updated_at,
        "expires_at": shared.expires_at,
        "sections": shown_sections(shared.sections),
        "to_the_openings": f"hvem/?sprog={language}",
        "page_language": language,
        "other_language": "en" if language == "da" else "da",
    }


def _closed_page(language: str) -> str:
    other = "en" if language == "da" else "da"
    return render_to_string("citizen/closed.html", {"page_language": language, "other_language": other})


# The pages are rendered without the request: no session, no messages and no form token, hence no cookie.
def _answer(
    body: str, language: str, *, status: int = 200, content_type: str = "text/html; charset=utf-8"
) -> HttpResponse:
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Content-Language": language,
    }
    response = HttpResponse(body, status=status, content_type=content_type, headers=headers)
    patch_vary_headers(response, ["Accept-Language"])
    return response
