import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connections

from lygte.apps.core.services import bump
from lygte.domain.vocab import Role
from lygte.interfaces.events import stream
from tests.own_database import own_database, own_world  # noqa: F401 - fixtures
from tests.world import Place, World, client_of

QUICK = 3.0


class Board:
    """A browser that listens to the stream, in the same process."""

    def __init__(self, path: str, session: str = "", **headers: str) -> None:
        cookie = f"{settings.SESSION_COOKIE_NAME}={session}" if session else ""
        named = {"cookie": cookie, "host": "127.0.0.1:8001"} | headers
        fields = [(name.encode(), value.encode()) for name, value in named.items() if value]
        self.scope = {"type": "http", "path": path, "headers": fields}
        self.sent: asyncio.Queue[Any] = asyncio.Queue()
        self.left = asyncio.Event()
        self.task = asyncio.create_task(stream.application(self.scope, self._receive, self.sent.put))

    async def _receive(self) -> dict[str, str]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def start(self) -> Any:
        return await asyncio.wait_for(self.sent.get(), QUICK)

    async def event(self, kind: str) -> str:
        """Return the data of the next event of a kind; empty when the stream ends first."""
        while True:
            message = await asyncio.wait_for(self.sent.get(), QUICK)
            if not message.get("more_body"):
                return ""
            lines = dict(line.split(": ", 1) for line in message["body"].decode().strip().splitlines())
            if lines.get("event") == kind:
                return lines["data"]

    async def leave(self) -> None:
        self.left.set()
        await asyncio.wait_for(self.task, QUICK)


def _session(place: Place, role: Role = Role.WORKER) -> str:
    return str(place.client(role).session.session_key)


def _path(place: Place) -> str:
    return f"/haendelser/{place.service.pk}"


def _run(listening: Callable[[], Awaitable[Any]]) -> Any:
    """Run the listening in a loop of its own, and close what its threads opened."""
    outcome = asyncio.run(_with_closed_threads(listening))
    stream._watches.clear()
    return outcome


async def _with_closed_threads(listening: Callable[[], Awaitable[Any]]) -> Any:
    # One thread for all reading, so that its connection is found again and closed.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=1))
    try:
        return await listening()
    finally:
        for watch in stream._watches.values():
            if watch.task is not None:
                watch.task.cancel()
        await asyncio.to_thread(connections.close_all)


async def _status(path: str, session: str = "") -> int:
    board = Board(path, session)
    started = await board.start()
    await board.leave()
    return int(started["status"])


async def _changed(place: Place) -> None:
    def change() -> None:
        with place.scope():
            bump(place.service.pk)
        connections.close_all()

    await asyncio.to_thread(change)


def _lock(session: str) -> None:
    kept = SessionStore(session)
    kept["locked"] = True
    kept.save()


def test_a_board_without_a_session_is_refused(own_world: World) -> None:  # noqa: F811
    place = own_world.here
    statuses = [_run(lambda session=session: _status(_path(place), session)) for session in ("", "made-up")]
    assert statuses == [403, 403]


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR])
def test_a_user_without_the_right_to_see_the_board_is_refused(own_world: World, role: Role) -> None:  # noqa: F811
    session = _session(own_world.here, role)
    assert _run(lambda: _status(_path(own_world.here), session)) == 403


def test_a_user_of_another_municipality_or_service_is_refused(own_world: World) -> None:  # noqa: F811
    elsewhere = [_session(own_world.there), str(client_of(own_world.here.other_worker).session.session_key)]
    statuses = [
        _run(lambda session=session: _status(_path(own_world.here), session)) for session in elsewhere
    ]
    assert statuses == [403, 403]


def test_a_role_in_every_service_of_ones_municipality_reaches_no_other(own_world: World) -> None:  # noqa: F811
    from lygte.apps.accounts import services as accounts
    from lygte.domain.access import system
    from tests.world import NOW

    there = own_world.there
    with there.scope():
        accounts.give_role(
            actor=system(there.municipality.pk),
            now=NOW,
            user=there.users[Role.EVALUATOR],
            role=Role.LEADER,
            service_id=None,
        )
    session = _session(there, Role.EVALUATOR)
    assert _run(lambda: _status(_path(own_world.here), session)) == 403


def test_a_locked_desk_is_refused(own_world: World) -> None:  # noqa: F811
    session = _session(own_world.here)
    _lock(session)
    assert _run(lambda: _status(_path(own_world.here), session)) == 403


@pytest.mark.parametrize("path", ["/", "/haendelser/", "/haendelser/nonsense", "/tilbud/x/vagten/"])
def test_other_addresses_do_not_exist(own_world: World, path: str) -> None:  # noqa: F811
    session = _session(own_world.here)
    assert _run(lambda: _status(path, session)) == 404


def test_a_change_reaches_every_open_board_of_the_service_within_a_second_or_two(own_world: World) -> None:  # noqa: F811
    place = own_world.here
    sessions = [_session(place), _session(place, Role.LEADER)]

    async def listening() -> list[tuple[str, str]]:
        boards = [Board(_path(place), session) for session in sessions]
        assert [(await board.start())["status"] for board in boards] == [200, 200]
        first = [await board.event("version") for board in boards]
        await _changed(place)
        began = asyncio.get_running_loop().time()
        second = [await board.event("version") for board in boards]
        assert asyncio.get_running_loop().time() - began < 2
        for board in boards:
            await board.leave()
        return list(zip(first, second, strict=True))

    for before, after in _run(listening):
        assert int(after.split(".")[0]) == int(before.split(".")[0]) + 1


def test_a_change_in_another_service_wakes_nobody_here(own_world: World) -> None:  # noqa: F811
    place = own_world.here
    session = _session(place)

    async def listening() -> bool:
        board = Board(_path(place), session)
        await board.start()
        version = (await board.event("version")).split(".")[0]
        await _changed(own_world.there)
        await asyncio.sleep(3 * stream.POLL_SECONDS)
        later = [] if board.sent.empty() else [(await board.event("version")).split(".")[0]]
        await board.leave()
        return set(later) <= {version}

    assert _run(listening) is True


@pytest.mark.parametrize("end", ["logged_out", "locked"])
def test_the_stream_lives_as_long_as_its_session(
    own_world: World,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    end: str,
) -> None:
    monkeypatch.setattr(stream, "SIGN_OF_LIFE_SECONDS", 0.2)
    client = own_world.here.client()
    session = str(client.session.session_key)

    def finish() -> None:
        client.session.flush() if end == "logged_out" else _lock(session)
        connections.close_all()

    async def listening() -> tuple[str, str]:
        board = Board(_path(own_world.here), session)
        await board.start()
        alive = await board.event("ping")
        await asyncio.to_thread(finish)
        ended = await board.event("never")
        await asyncio.wait_for(board.task, QUICK)
        return alive, ended

    assert _run(listening) == ("alive", "")


def test_a_stream_that_nobody_reads_any_more_is_forgotten(own_world: World) -> None:  # noqa: F811
    session = _session(own_world.here)

    async def listening() -> int:
        board = Board(_path(own_world.here), session)
        await board.start()
        await board.event("version")
        await board.leave()
        return len(stream._watch().watched)

    assert _run(listening) == 0


def test_a_page_on_the_same_host_may_listen_and_no_other(own_world: World) -> None:  # noqa: F811
    session = _session(own_world.here)

    async def allowed(origin: str) -> bytes | None:
        board = Board(_path(own_world.here), session, origin=origin)
        started = await board.start()
        await board.leave()
        return dict(started["headers"]).get(b"access-control-allow-origin")

    answers = [
        _run(lambda origin=origin: allowed(origin))
        for origin in ("http://127.0.0.1:8000", "https://x.example")
    ]
    assert answers == [b"http://127.0.0.1:8000", None]
