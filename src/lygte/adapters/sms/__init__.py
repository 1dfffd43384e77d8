"""Text messages: to a folder as delivered, or to a gateway over HTTP."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from lygte.adapters.sms.file import FileGateway
from lygte.adapters.sms.http import HttpGateway
from lygte.apps.outbox.gateway import SmsFailed, SmsGateway

__all__ = ["FileGateway", "HttpGateway", "SmsFailed", "SmsGateway", "gateway"]


def gateway() -> SmsGateway:
    """Return the gateway that the settings name."""
    kind = settings.LYGTE_SMS_GATEWAY
    if kind == "file":
        return FileGateway(Path(settings.LYGTE_OUTBOX_FOLDER), sender=settings.LYGTE_SMS_SENDER)
    if kind == "http":
        if not settings.LYGTE_SMS_URL.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
            raise ImproperlyConfigured(
                "LYGTE_SMS_URL must begin with https:// when LYGTE_SMS_GATEWAY is http."
            )
        return HttpGateway(
            settings.LYGTE_SMS_URL, token=settings.LYGTE_SMS_TOKEN, sender=settings.LYGTE_SMS_SENDER
        )
    raise ImproperlyConfigured("LYGTE_SMS_GATEWAY must be file or http.")
