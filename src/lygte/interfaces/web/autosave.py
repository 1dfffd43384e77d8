"""The conversation between a page that saves as somebody types and the server, as JSON."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, JsonResponse

from lygte.apps.core.saving import Conflict, FieldEdit, SaveResult, token

MOST_FIELDS = 60
_TOKEN = re.compile(r"[0-9a-f]{16}")
_CLIENT = re.compile(r"[0-9A-Za-z-]{1,40}")


@dataclass(slots=True)
class Burst:
    """What a page sends: who it is (an open page, not a person), its running number, and the typed values."""

    client: str
    seq: int
    edits: dict[str, FieldEdit] = field(default_factory=dict)


def read_burst(request: HttpRequest) -> Burst:
    """Return what the page sent, or raise `BadRequest`."""
    try:
        sent = json.loads(request.body)
        fields = sent["fields"]
        burst = Burst(client=str(sent.get("client", "")), seq=int(sent.get("seq", 0)))
        if len(fields) > MOST_FIELDS or (burst.client and not _CLIENT.fullmatch(burst.client)):
            raise ValueError
        burst.edits = {str(name): _edit(one) for name, one in fields.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise BadRequest("not a burst of fields") from problem
    return burst


def _edit(one: Mapping[str, Any]) -> FieldEdit:
    return FieldEdit(value=one["value"], base=base_token(one["base"]) if "base" in one else None)


def base_token(base: Any) -> str:
    """Return the token of what the typist saw: a token as answered earlier, or the value that the control
    held.
    """
    if isinstance(base, str) and _TOKEN.fullmatch(base):
        return base
    return token(base)


def answer(
    result: SaveResult | None,
    *,
    errors: Mapping[str, str] | None = None,
    effects: Mapping[str, str] | None = None,
) -> JsonResponse:
    """Return what became of every field: saved, in conflict or refused, and the fragments that follow from
    it.
    """
    found = result or SaveResult()
    return JsonResponse(
        {
            "saved": found.saved,
            "conflicts": {name: _conflict(one) for name, one in found.conflicts.items()},
            "errors": dict(errors or {}),
            "effects": dict(effects or {}),
        }
    )


def _conflict(one: Conflict) -> dict[str, Any]:
    at = one.at.isoformat() if one.at else ""
    return {"theirs": one.theirs, "by": one.by, "at": at, "base": token(one.theirs)}


def posted_edits(request: HttpRequest, names: Mapping[str, bool]) -> dict[str, FieldEdit]:
    """Return the edits of a plain form post: fields that differ from the `base_` token that the page was made
    with.

    `names` says of each field whether it holds several values. A field without its base was not on the page.
    """
    edits = {}
    for name, multiple in names.items():
        base = request.POST.get(f"base_{name}")
        if base is None:
            continue
        value = request.POST.getlist(name) if multiple else request.POST.get(name, "").replace("\r\n", "\n")
        if token(value) != base:
            edits[name] = FieldEdit(value=value, base=base)
    return edits
