"""`lygte call`: a telephone system in a terminal, for trying the phone without one.

It signs and posts real requests to a running service. What it needs to know lies in telephony.json in the
home folder, written with the invented municipality, or is given as options.
"""

import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

FILE = "telephony.json"
LAST_CALL = "last-call"


@dataclass(frozen=True, slots=True)
class Line:
    """What a telephone system must know to announce calls to one service."""

    service: str
    municipality: str
    endpoint: str
    secret: str


def keep_lines(home: Path, lines: list[Line]) -> Path:
    """Write the lines to the home folder, readable by its owner alone; return the file."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / FILE
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"lines": [asdict(line) for line in lines]}, file, indent=1)
    return path


def kept_line(home: Path, service: str) -> Line | None:
    """Return the kept line of a service, or the first one when no service is named."""
    try:
        kept = json.loads((home / FILE).read_text(encoding="utf-8"))["lines"]
    except FileNotFoundError:
        return None
    lines = [Line(**line) for line in kept]
    return next((line for line in lines if service in ("", line.service)), None)


def request_of(line: Line, *, url: str, content: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return address, body and signed headers of one delivery, in our own format."""
    from lygte.adapters.telephony import signature
    from lygte.adapters.telephony.mapping import SignatureRule

    rule = SignatureRule()
    body = json.dumps(content).encode()
    parts = signature.Delivery(str(int(now.timestamp())), secrets.token_hex(12), body)
    return {
        "url": f"{url.rstrip('/')}/api/telephony/{line.municipality}/{line.endpoint}",
        "content": body,
        "headers": {
            "Content-Type": "application/json",
            rule.timestamp_header: parts.timestamp,
            rule.delivery_header: parts.delivery,
            rule.header: signature.sign(rule, secret=line.secret, delivery=parts),
        },
    }


@click.group()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Address of the service.")
@click.option(
    "--service", default="", help="Address name of the service that is rung; the first one when left out."
)
@click.option("--municipality", default="", help="Key of the municipality, when telephony.json is not used.")
@click.option("--endpoint", default="", help="Endpoint id, when telephony.json is not used.")
@click.option("--secret", envvar="LYGTE_TELEPHONY_SECRET", default="", help="Secret of the endpoint.")
@click.pass_context
def call(
    context: click.Context, url: str, service: str, municipality: str, endpoint: str, secret: str
) -> None:
    """Ring, answer, hang up and leave a message, without a telephone system."""
    home = context.find_root().params["home"]
    line = Line(service, municipality, endpoint, secret) if endpoint else kept_line(home, service)
    if line is None:
        raise click.ClickException(
            f"{home / FILE} holds no such line. Give --municipality, --endpoint and --secret, "
            "or start with `lygte serve --demo`."
        )
    context.obj = {"home": home, "line": line, "url": url}


@call.command()
@click.option("--number", default="20 00 00 01", show_default=True, help="Number of the caller.")
@click.option("--hidden", is_flag=True, help="The caller hides the number.")
@click.pass_obj
def ring(settings: dict[str, Any], number: str, hidden: bool) -> None:
    """A new call rings. Its id is printed and remembered."""
    call_id = f"sim-{secrets.token_hex(6)}"
    _post(settings, call_id, "ringing", number="" if hidden else number)
    (settings["home"] / LAST_CALL).write_text(call_id, encoding="utf-8")
    click.echo(call_id)


@call.command()
@click.option("--as", "agent", default="", help="Username of the colleague who lifts the receiver.")
@click.option("--call", "call_id", default="", help="Call id; the last one when left out.")
@click.pass_obj
def answer(settings: dict[str, Any], agent: str, call_id: str) -> None:
    """Somebody lifts the receiver."""
    _post(settings, call_id or _last(settings), "answered", agent=agent)


@call.command()
@click.option("--call", "call_id", default="", help="Call id; the last one when left out.")
@click.pass_obj
def hangup(settings: dict[str, Any], call_id: str) -> None:
    """The line is cut."""
    _post(settings, call_id or _last(settings), "hung_up")


@call.command()
@click.option("--call", "call_id", default="", help="Call id; the last one when left out.")
@click.pass_obj
def voicemail(settings: dict[str, Any], call_id: str) -> None:
    """The caller leaves a message."""
    _post(settings, call_id or _last(settings), "voicemail")


def _last(settings: dict[str, Any]) -> str:
    try:
        return str((settings["home"] / LAST_CALL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise click.ClickException("No call has rung yet. Start with `lygte call ring`.") from None


def _post(settings: dict[str, Any], call_id: str, event: str, **more: str) -> None:
    import httpx

    now = datetime.now(UTC)
    content = {"call_id": call_id, "event": event, "time": now.isoformat(), **more}
    request = request_of(settings["line"], url=settings["url"], content=content, now=now)
    try:
        response = httpx.post(**request, timeout=10)
    except httpx.HTTPError as problem:
        raise click.ClickException(f"{settings['url']} does not answer: {type(problem).__name__}") from None
    if response.status_code != 200:
        click.echo(f"{response.status_code} {response.text}", err=True)
        sys.exit(1)
