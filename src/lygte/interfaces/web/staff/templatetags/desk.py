from typing import Any

from allauth.account.internal.stagekit import unstash_login
from django import template
from django.conf import settings

from lygte.apps.accounts import invented
from lygte.apps.core import labels
from lygte.domain.vocab import Role

register = template.Library()


@register.simple_tag
def invented_sign_ins() -> list[dict[str, str]]:
    """Return the invented colleagues for the sign-in page of a demo; nobody anywhere else."""
    if not settings.LYGTE_DEMO:
        return []
    return [
        {
            "name": row.name,
            "username": row.username,
            "password": invented.PASSWORD,
            "role": labels.word(Role, row.role),
            "place": row.place,
        }
        for row in invented.sign_ins()
    ]


@register.simple_tag(takes_context=True)
def invented_code(context: dict[str, Any]) -> str:
    """Return the second-step code of the invented colleague who is signing in; empty for anyone else."""
    request = context["request"]
    login = unstash_login(request, peek=True)
    if not settings.LYGTE_DEMO or login is None:
        return ""
    return invented.code_now(login.user) or ""
