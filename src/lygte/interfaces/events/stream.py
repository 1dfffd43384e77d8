"""The event stream: tells every open board of a service that something changed, and nothing more.

One process holds all streams. Steps, twice a second:
1. read the live versions of all watched services in one query;
2. wake the streams whose version moved;
3. each sends the new version, and the board fetches its own fragment with its own rights.
Each minute counts as a change too, since some words of a board follow the clock. The session behind a stream
is checked at its start and with every sign of life.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import Error as DatabaseProblem
from django.db import close_old_connections
from django.utils import timezone

from lygte.apps.accounts import selectors as accounts
from lygte.apps.core import selectors as core
from lygte.apps.core.meters import meters

log = logging.getLogger("lygte.events")
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
POLL_SECONDS = 0.5
SIGN_OF_LIFE_SECONDS = 15
PREFIX = "/haendelser/"
STREAMS = "lygte_event_streams"


class Watch:
    """The versions of all watched services, read in one query for all streams."""

    def __init__(self) -> None:
        self.versions: dict[UUID, int] = {}
        self.watched: Counter[UUID] = Counter()
        self.changed = asyncio.Condition()
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self.task is None or self.task.done():
            self.task = asyncio.create_task(self._run())

    def leave(self, service_id: UUID) -> None:
        self.watched[service_id] -= 1
        if not self.watched[service_id]:
            del self.watched[service_id]

    def told(self, service_id: UUID) -> str | None:
        """Return what a stream tells now; None before the first reading."""
        version = self.versions.get(service_id)
        return None if version is None else f"{version}.{int(timezone.now().timestamp()) // 60}"

    async def news(self, service_id: UUID, told: str | None) -> None:
        """Return when there is something else to tell than `told`."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.told(service_id) not in (None, told))

    async def _run(self) -> None:
        while self.watched:
            watched = set(self.watched)
            try:
                found = await asyncio.to_thread(_in_database, core.live_versions, watched)
            except DatabaseProblem as problem:
                log.error("live versions cannot be read: %s", type(problem).__name__)
            else:
                async with self.changed:
                    self.versions = {service_id: found.get(service_id, 0) for service_id in watched}
                    self.changed.notify_all()
            await asyncio.sleep(POLL_SECONDS)


_watches: dict[asyncio.AbstractEventLoop, Watch] = {}


def _watch() -> Watch:
    return _watches.setdefault(asyncio.get_running_loop(), Watch())


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Serve `/haendelser/<service>` to a signed-in user who may see its board."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    if scope["type"] != "http":
        return
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    service_id = _service_id(scope["path"])
    session_key = _session_key(headers.get("cookie", ""))
    if service_id is None or not await _admitted(session_key, service_id):
        await _refuse(send, 404 if service_id is None else 403)
        return
    await _open(send, headers)
    await _stream(receive, send, session_key, service_id)


async def _stream(receive: Receive, send: Send, session_key: str, service_id: UUID) -> None:
    watch = _watch()
    watch.watched[service_id] += 1
    watch.start()
    meters().put(STREAMS, watch.watched.total())
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await _tell(send, watch, gone, session_key, service_id)
    finally:
        gone.cancel()
        watch.leave(service_id)
        meters().put(STREAMS, watch.watched.total())


async def _tell(
    send: Send, watch: Watch, gone: "asyncio.Task[None]", session_key: str, service_id: UUID
) -> None:
    clock = asyncio.get_running_loop().time
    told: str | None = None
    alive_until = clock() + SIGN_OF_LIFE_SECONDS
    while not gone.done():
        news = asyncio.create_task(watch.news(service_id, told))
        await asyncio.wait(
            {news, gone}, timeout=max(0, alive_until - clock()), return_when=asyncio.FIRST_COMPLETED
        )
        news.cancel()
        if clock() >= alive_until:
            if not await _admitted(session_key, service_id):
                break
            alive_until = clock() + SIGN_OF_LIFE_SECONDS
            await _write(send, "event: ping\ndata: alive\n\n")
        now_told = watch.told(service_id)
        if now_told not in (None, told):
            told = now_told
            await _write(send, f"event: version\ndata: {told}\n\n")
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _admitted(session_key: str, service_id: UUID) -> bool:
    if not session_key:
        return False
    try:
        return await asyncio.to_thread(_in_database, accounts.may_watch, session_key, service_id)
    except DatabaseProblem:
        return False


def _in_database(query: Callable[..., Any], *arguments: Any) -> Any:
    close_old_connections()
    try:
        return query(*arguments)
    finally:
        close_old_connections()


def _service_id(path: str) -> UUID | None:
    if not path.startswith(PREFIX):
        return None
    try:
        return UUID(path.removeprefix(PREFIX).strip("/"))
    except ValueError:
        return None


def _session_key(cookies: str) -> str:
    try:
        jar = SimpleCookie(cookies)
    except CookieError:
        return ""
    morsel = jar.get(settings.SESSION_COOKIE_NAME)
    return morsel.value if morsel else ""


def _allowed_origin(headers: dict[str, str]) -> str | None:
    """Return the page's origin when it is on the same host as the stream, or a trusted one."""
    origin = headers.get("origin", "")
    same_host = urlsplit(origin).hostname == urlsplit(f"//{headers.get('host', '')}").hostname
    return origin if origin and (same_host or origin in settings.CSRF_TRUSTED_ORIGINS) else None


async def _open(send: Send, headers: dict[str, str]) -> None:
    fields = [
        (b"content-type", b"text/event-stream"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    origin = _allowed_origin(headers)
    if origin:
        fields += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"origin"),
        ]
    await send({"type": "http.response.start", "status": 200, "headers": fields})


async def _write(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
