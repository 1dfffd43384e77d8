"""Calls of one number find each other by its blind index, also while the key of the index changes."""

from uuid import UUID

from lygte.apps.people import selectors as people
from lygte.apps.queue.models import Call


def same_number(call: Call) -> list[bytes]:
    """Return the digests under which calls of the same number may be stored."""
    return [*{bytes(call.number_index or b""), *people.phone_digests(call.number)} - {b""}]


def index_again(last: UUID | None, *, most: int) -> list[UUID]:
    """Bring the next calls in line with the running index key, the newest first; return which, in order."""
    rows = Call.objects.order_by("-pk") if last is None else Call.objects.order_by("-pk").filter(pk__lt=last)
    found = list(rows.filter(number__isnull=False)[:most])
    for call in found:
        digest, before = people.phone_digest(call.number), call.number_index
        if digest is not None and (before is None or bytes(before) != digest):
            Call.objects.filter(pk=call.pk, number_index=before).update(number_index=digest)
    return [call.pk for call in found]
