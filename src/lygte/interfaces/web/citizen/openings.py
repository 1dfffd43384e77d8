"""Who has opened a record, in words for the person whose record it is. Colleagues by role, never by name."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from lygte.apps.audit import words as audit_words
from lygte.apps.core.labels import word
from lygte.apps.privacy import services as privacy
from lygte.domain.access import ActorKind
from lygte.domain.vocab import Role


def shown_openings(found: Iterable[privacy.Opening]) -> list[dict[str, Any]]:
    """Return openings as when, who, and what."""
    return [
        {"at": one.at, "who": _who(one), "what": audit_words.word(one.verb), "by_glass": one.by_glass}
        for one in found
    ]


def _who(one: privacy.Opening) -> str:
    if one.kind == ActorKind.USER:
        role = word(Role, one.role) if one.role else _("a former colleague")
        return _("%(role)s at %(service)s") % {"role": role, "service": one.service} if one.service else role
    return _("a link to the plan") if one.kind == ActorKind.LINK else _("Lygte itself")
