"""Contacts of the old registration tool come in, after a look at them, and contacts go out."""

import base64
import binascii
import io
import zlib
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from django.contrib import messages
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from lygte.apps.core.labels import word
from lygte.apps.crypto.fields import open_sealed, seal
from lygte.apps.insight import services
from lygte.apps.insight.contacts_file.checking import Past
from lygte.apps.insight.contacts_file.columns import COLUMNS, accepted
from lygte.apps.insight.contacts_file.problems import FileProblem, FileWrong, column_name, file_words, words
from lygte.apps.insight.contacts_file.reading import MEGABYTE, Limits
from lygte.apps.insight.services import FileLooked
from lygte.domain.access import Action, may
from lygte.domain.time import day_of, local, month_bounds
from lygte.domain.vocab import Level
from lygte.interfaces.web.requests import StaffRequest, staff
from lygte.interfaces.web.staff.views.month import require_month
from lygte.interfaces.web.staff.views.month_page import cell, number, table
from lygte.interfaces.web.staff.views.month_words import month_name

if TYPE_CHECKING:
    from lygte.apps.tenancy.models import Service

LIMITS = Limits(megabytes=2, rows=10_000)
SHOWN = 50


@require_GET
@staff(Action.MONTH_SEE)
def contacts_export(request: StaffRequest, service: "Service", year: int, month: int) -> HttpResponse:
    """The contacts of a month as a file: with numbers for a leader, pseudonymous for an evaluator."""
    require_month(year, month, now=request.now)
    full = may(
        request.actor,
        Action.CONTACTS_EXPORT,
        municipality_id=request.actor.municipality_id,
        service_id=service.pk,
    )
    pseudonymous = not full or request.GET.get("pseudonym") == "1"
    start, end = month_bounds(year, month)
    text = services.export_contacts(
        actor=request.actor, now=request.now, service=service, start=start, end=end, pseudonymous=pseudonymous
    )
    kind = "pseudonym" if pseudonymous else "henvendelser"
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{service.slug}-{year}-{month:02d}-{kind}.csv"'
    return response


@require_http_methods(["GET", "POST"])
@staff(Action.CONTACTS_IMPORT)
def contacts_import(request: StaffRequest, service: "Service") -> HttpResponse:
    """Choose a file, see what is in it and what is wrong with it, and store it."""
    try:
        if request.method == "POST" and request.POST.get("sealed"):
            return _store(request, service)
        if request.method == "POST":
            return _preview(request, service, _sent(request))
    except FileProblem as problem:
        return _page(request, service, {"errors": [{"id": "file", "text": file_words(problem)}]}, status=422)
    return _page(request, service, {})


def _sent(request: StaffRequest) -> bytes:
    sent = request.FILES.get("file")
    if not isinstance(sent, UploadedFile) or not sent.size:
        raise FileProblem(FileWrong.EMPTY)
    if sent.size > LIMITS.megabytes * MEGABYTE:
        raise FileProblem(FileWrong.TOO_LARGE, limit=LIMITS.megabytes)
    return bytes(sent.read())


def _preview(request: StaffRequest, service: "Service", data: bytes) -> HttpResponse:
    looked = services.look_at_file(
        actor=request.actor, now=request.now, service=service, file=io.BytesIO(data), limits=LIMITS
    )
    if looked.problems:
        return _page(request, service, _wrong(looked), status=422)
    sealed = _seal(data, bound_to=_bound_to(request, service)) if looked.fresh else ""
    return _page(request, service, {"preview": _found(looked), "sealed": sealed})


def _store(request: StaffRequest, service: "Service") -> HttpResponse:
    data = _unseal(request.POST["sealed"], bound_to=_bound_to(request, service))
    stored = services.import_contacts(
        actor=request.actor, now=request.now, service=service, file=io.BytesIO(data), limits=LIMITS
    )
    if stored.problems:
        raise BadRequest("the file was checked under other rules")
    said = ngettext("{n} contact is stored.", "{n} contacts are stored.", stored.stored)
    messages.success(request, said.format(n=stored.stored))
    return redirect("staff:month", service.slug)


# Between the look and the storing the file rests in the page, readable only here, by the same person, on the
# same day: civil registration numbers are neither left on a disk nor in a session.
def _bound_to(request: StaffRequest, service: "Service") -> str:
    return f"contacts_import:{service.pk}:{request.actor.id}:{day_of(request.now)}"


def _seal(data: bytes, *, bound_to: str) -> str:
    packed = base64.b85encode(zlib.compress(data)).decode()
    return base64.b64encode(seal(packed, bound_to=bound_to)).decode()


def _unseal(text: str, *, bound_to: str) -> bytes:
    try:
        packed = open_sealed(base64.b64decode(text, validate=True), bound_to=bound_to)
        return zlib.decompress(base64.b85decode(packed))
    except (InvalidTag, ValueError, binascii.Error, zlib.error, LookupError, ObjectDoesNotExist) as problem:
        raise BadRequest("not a file that was looked at here today") from problem


def _wrong(looked: FileLooked) -> dict[str, Any]:
    shown = [{"id": "", "text": words(one)} for one in looked.problems[:SHOWN]]
    return {"errors": shown, "more": max(0, len(looked.problems) - SHOWN), "wrong": len(looked.problems)}


def _found(looked: FileLooked) -> dict[str, Any]:
    rows = [past for _id, past in looked.fresh]
    return {
        "fresh": len(rows),
        "known": looked.known,
        "with_number": len({past.cpr for past in rows if past.cpr}),
        "months": _by_month(rows),
        "levels": _by_level(rows),
    }


def _by_month(rows: Iterable[Past]) -> dict[str, Any]:
    counted = Counter((local(past.started_at).year, local(past.started_at).month) for past in rows)
    lines = [[cell(month_name(*when)), number(counted[when])] for when in sorted(counted)]
    return table(gettext("By month"), [gettext("Month"), gettext("Contacts")], lines)


def _by_level(rows: Iterable[Past]) -> dict[str, Any]:
    counted = Counter(past.values["level"] for past in rows)
    lines = [[cell(word(Level, code)), number(counted[code])] for code in (*Level, "") if counted[code]]
    return table(gettext("By severity"), [gettext("Severity"), gettext("Contacts")], lines)


def _page(
    request: StaffRequest, service: "Service", more: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context = {
        "service_name": service.name,
        "columns": _columns(),
        "limit": LIMITS.megabytes,
        "errors": [],
        "preview": None,
        "sealed": "",
        "more": 0,
        "wrong": 0,
        "month_url": reverse("staff:month", args=[service.slug]),
    }
    return render(request, "staff/month/import.html", context | more, status=status)


def _columns() -> list[dict[str, Any]]:
    return [
        {
            "name": column_name(column.name),
            "required": column.required,
            "words": " · ".join(_spoken(column.codes)) if column.codes else "",
        }
        for column in COLUMNS
    ]


def _spoken(codes: Any) -> list[str]:
    return [spoken[0] if spoken else code for code, spoken in accepted(codes).items()]
