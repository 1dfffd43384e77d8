"""What a desk needs while the line is down: a worker script, an empty form, keys, and a way back."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from lygte.apps.casework import late
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.outages import drawers
from lygte.domain.access import Action
from lygte.domain.outages import true_time
from lygte.domain.time import day_of
from lygte.domain.vocab import Channel
from lygte.interfaces.web import autosave
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views import contacts_form as form
from lygte.interfaces.web.staff.views import contacts_words as words

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

# Read by the worker: only a page that says so is ever kept in a browser.
KEEPS = "X-Lygte-Keeps"
NOBODY = "nobody"
SHEETS = ("lygte", "contact", "print", "offline")


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The worker script, at the root so that it can stand before every page, with the files that it keeps."""
    return HttpResponse(worker_script(), content_type="text/javascript; charset=utf-8")


@lru_cache(maxsize=1)
def worker_script() -> str:
    """Return the script. Its version changes with any file that it keeps."""
    names = sorted(_files())
    paths = [Path(found) for name in names if isinstance(found := finders.find(name), str)]
    version = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]
    # Modules name one another plainly; pages name them as the storage does.
    modules = {f"{settings.STATIC_URL}{name}" for name in names if name.endswith(".js")}
    urls = sorted({static(name) for name in names} | modules)
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(urls)};\n"
    source = finders.find("lygte/worker.js")
    return head + Path(str(source)).read_text(encoding="utf-8")


def _files() -> Iterator[str]:
    folder = Path(str(finders.find("lygte/worker.js"))).parent
    yield from (f"lygte/{path.name}" for path in folder.glob("*.js") if path.name != "worker.js")
    yield from (f"lygte/{name}.css" for name in SHEETS)
    yield from (f"lygte/fonts/{path.name}" for path in (folder / "fonts").glob("*.woff2"))
    yield "lygte/mark.svg"


@login_required
@require_GET
def drawer_keys(request: StaffRequest) -> HttpResponse:
    """The keys of the asker's own drawer. They stay in the memory of the page that asked."""
    drawer = drawers.drawer_of(request.user.pk, now=request.now)
    return JsonResponse(
        {
            "tag": drawer.tag,
            "public": drawer.public,
            "private": drawer.private,
            "text": drawer.text_key,
            "csrf": get_token(request),
        }
    )


@require_GET
@staff(Action.CONTACT_REGISTER)
def offline_form(request: StaffRequest, service: "Service") -> HttpResponse:
    """An empty contact form that holds nobody, for the browser to keep."""
    blank = SimpleNamespace(service_id=service.pk, causes=[], measures=[])
    day = day_of(request.now)
    context = {
        "groups": {name: form.group(name, None, contact=blank, day=day) for name in form.TALKING},
        "own_words": form.text_field("own_words", ""),
        "stages": form.stages(dict.fromkeys(form.TALKING_NOTES, ""), {}),
        "service": service,
        "lock_after": service.lock_after_seconds,
    }
    return keeps_nobody(render(request, "staff/offline/form.html", context))


def keeps_nobody(response: HttpResponse) -> HttpResponse:
    """Say that a page may be kept in a browser, since it holds nobody."""
    response.headers[KEEPS] = NOBODY
    return response


@require_POST
@staff(Action.CONTACT_REGISTER)
def offline_receive(request: StaffRequest, service: "Service") -> HttpResponse:
    """Store a contact that was begun without a line. However often it comes, it is one contact."""
    burst, told = autosave.read_burst(request), _told(request)
    try:
        received = late.receive_offline(
            actor=request.actor,
            now=request.now,
            service=service,
            contact_id=told.contact_id,
            began_at=true_time(told.began, told_now=told.clock, now=request.now),
            last_at=true_time(told.last, told_now=told.clock, now=request.now),
            channel=told.channel,
            fields=burst.edits,
            client=burst.client,
            seq=burst.seq,
        )
    except Refused:
        return JsonResponse({"error": "contact_elsewhere"}, status=409)
    answer = autosave.answer(
        received.saved, errors={name: _words(one) for name, one in received.problems.items()}
    )
    body = json.loads(answer.content) | {
        "page": reverse("staff:contact", args=[told.contact_id]),
        "save": reverse("staff:contact_save", args=[told.contact_id]),
    }
    return JsonResponse(body)


def _words(problem: InvalidField | Refused) -> str:
    return words.invalid(problem) if isinstance(problem, InvalidField) else words.refused(problem)


def _told(request: StaffRequest) -> Any:
    """Return what the browser says of the contact itself, or raise `BadRequest`."""
    sent = json.loads(request.body)
    try:
        return SimpleNamespace(
            contact_id=UUID(sent["contact"]),
            channel=Channel(sent["channel"]),
            began=_moment(sent["began"]),
            last=_moment(sent["last"]),
            clock=_moment(sent["clock"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as problem:
        raise BadRequest("not a contact that was begun") from problem


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment
