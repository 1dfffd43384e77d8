"""Telling operations: into a file as delivered, to a web address, to a program, or by text message."""

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path

import httpx
from django.conf import settings
from django.utils import timezone

from lygte.adapters import sms
from lygte.apps.outbox.gateway import SmsFailed
from lygte.apps.watch.outlet import Outlet, OutletFailed
from lygte.domain.alerts import Alert

TIMEOUT_SECONDS = 10.0
__all__ = ["CommandOutlet", "FileOutlet", "SmsOutlet", "WebOutlet", "as_json", "outlet"]


def outlet() -> Outlet:
    """Return the outlet that the settings name."""
    kind = settings.LYGTE_ALERTS
    if kind == "web":
        return WebOutlet(settings.LYGTE_ALERTS_URL, token=settings.LYGTE_ALERTS_TOKEN)
    if kind == "command":
        return CommandOutlet(Path(settings.LYGTE_ALERTS_COMMAND))
    if kind == "sms":
        return SmsOutlet(settings.LYGTE_ALERTS_NUMBERS)
    return FileOutlet(Path(settings.LYGTE_ALERTS_FILE))


def as_json(alert: Alert, *, over: bool, now: datetime) -> str:
    """Return an alert as one line of JSON: codes, counts and times."""
    line = {
        "at": now.isoformat(),
        "alert": alert.trouble.value,
        "subject": alert.subject,
        "state": "over" if over else "open",
        "count": alert.count,
        "since": alert.since.isoformat() if alert.since else None,
    }
    return json.dumps(line)


class FileOutlet:
    """Adds a line to a file that only the running user can read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tell(self, alert: Alert, *, over: bool) -> None:
        """Add the alert to the file."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(as_json(alert, over=over, now=timezone.now()) + "\n")
        except OSError as problem:
            raise OutletFailed(type(problem).__name__) from None


class WebOutlet:
    """Posts the alert as JSON to a web address; anything but 2xx is a failure."""

    def __init__(self, url: str, *, token: str, timeout: float = TIMEOUT_SECONDS) -> None:
        self._url, self._token, self._timeout = url, token, timeout

    def tell(self, alert: Alert, *, over: bool) -> None:
        """Post the alert."""
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            with httpx.Client(timeout=self._timeout, trust_env=False) as client:
                content = as_json(alert, over=over, now=timezone.now())
                answer = client.post(self._url, content=content, headers=headers)
        except httpx.HTTPError as problem:
            raise OutletFailed(type(problem).__name__) from None
        if not answer.is_success:
            raise OutletFailed(f"status_{answer.status_code}")


class CommandOutlet:
    """Hands the alert to a program of the administrator, as JSON on its standard input: for mail, a pager."""

    def __init__(self, program: Path, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._program, self._timeout = program, timeout

    def tell(self, alert: Alert, *, over: bool) -> None:
        """Run the program; anything but 0 is a failure. It gets none of our keys in its environment."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LYGTE_")}
        line = as_json(alert, over=over, now=timezone.now())
        try:
            done = subprocess.run(  # noqa: S603 - named by the administrator of the installation
                [self._program],
                input=line.encode(),
                env=environment,
                capture_output=True,
                timeout=self._timeout,
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise OutletFailed(type(problem).__name__) from None
        if done.returncode:
            raise OutletFailed(f"status_{done.returncode}")


class SmsOutlet:
    """Sends a short text to the people on call for operations, through the gateway of the service."""

    def __init__(self, numbers: list[str]) -> None:
        self._numbers = numbers

    def tell(self, alert: Alert, *, over: bool) -> None:
        """Send the text to every number; the same minute counts as the same message."""
        now = timezone.now()
        words = f"Lygte: {alert.trouble.value} {alert.subject} {'over' if over else alert.count}".strip()
        for place, number in enumerate(self._numbers):
            reference = f"alert-{alert.trouble.value}-{now:%Y%m%d%H%M}-{place}".replace("_", "-")
            try:
                sms.gateway().send(to=number, text=words, reference=reference)
            except SmsFailed as problem:
                raise OutletFailed(problem.problem) from None
