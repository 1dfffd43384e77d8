"""A running service as a user meets it, and a browser that reports what goes wrong behind the page.

Fixtures: `site` (str(site) is its address), `page`, `open_page` (further pages, other viewports or colours),
`watch` (allow an error that a test means to cause), `axe` (accessibility), `shot` (screenshot).
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    sync_playwright,
)
from playwright.sync_api import Error as PlaywrightError

from tests.e2e.service import Site, a_database, a_site
from tests.e2e.steps import Desks

HERE = Path(__file__).parent
PATIENCE = 15_000  # milliseconds; shared machines are slow at times
START_SECONDS = 60
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder, keep it on one worker (one service, one browser), and start it first."""
    ours = [item for item in items if HERE in item.path.parents]
    for item in ours:
        item.add_marker(pytest.mark.e2e)
        item.add_marker(pytest.mark.xdist_group("e2e"))
    items[:] = ours + [item for item in items if HERE not in item.path.parents]


@pytest.fixture(scope="session")
def site(worker_id: str) -> Iterator[Site]:
    """The service with the small invented municipality, shared by the tests of a worker."""
    with a_database(worker_id) as database, a_site(database) as site:
        yield site


# One browser a file, not a session: while Playwright runs, Django takes the whole thread for asynchronous and
# refuses the database, also to tests that come later on the same worker.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing; `make test` installs it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Watch:
    """Collects what a user would not see: console errors, failed requests, requests to elsewhere."""

    problems: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """Let problems pass that match this regular expression, because the test causes them on purpose."""
        self.allowed.append(pattern)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("response", self._response)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.hostname not in ("127.0.0.1", "localhost"):
            self.problems.append(f"left the machine: {request.url}")

    def _failed(self, request: Request) -> None:
        # Leaving a page aborts its event stream and its pending requests; that is no fault.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.problems.append(f"failed: {request.method} {request.url} {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"answered {response.status}: {response.request.method} {response.url}")

    def unexpected(self) -> list[str]:
        return [one for one in self.problems if not any(re.search(pattern, one) for pattern in self.allowed)]


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.unexpected() == []


@pytest.fixture
def open_page(browser: Browser, site: Site, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page in a fresh browser profile; options as for Playwright's context."""
    contexts: list[BrowserContext] = []

    def open_one(**options: Any) -> Page:
        defaults = {"base_url": site.url, "locale": "da-DK", "timezone_id": "Europe/Copenhagen"}
        context = browser.new_context(**(defaults | {"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(PATIENCE)
        watch.follow(context)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for number, context in enumerate(contexts):
        if folder := os.environ.get("LYGTE_SCREENSHOTS"):
            for page in context.pages:
                with suppress(PlaywrightError):
                    page.screenshot(path=Path(folder) / f"last-{number}.png")
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture(scope="session")
def kept_sessions(site: Site) -> Path:
    """The folder in which signed-in sessions are kept for further tests."""
    folder = site.home / "sessions"
    folder.mkdir()
    return folder


@pytest.fixture
def desks(open_page: Callable[..., Page], kept_sessions: Path) -> Desks:
    """Signed-in browsers by user name: `desks.of("mette")`."""
    return Desks(open_page, kept_sessions)


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[str]]:
    """Return a function that lists a page's accessibility violations, one line per element.

    `rules` names the few that are asked for; without it, all of the standard are.
    """
    source = (HERE / "vendor" / "axe.min.js").read_text(encoding="utf-8")

    def violations(page: Page, *, rules: Sequence[str] = ()) -> list[str]:
        only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": AXE_TAGS}
        run = f"axe.run(document, {{runOnly: {json.dumps(only)}, resultTypes: ['violations']}})"
        # Through the debugger: the page's own policy rightly refuses foreign scripts.
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": f"{source};0"})
        answer = session.send(
            "Runtime.evaluate",
            {"expression": f"{run}.then(r => r.violations)", "awaitPromise": True, "returnByValue": True},
        )
        session.detach()
        assert "exceptionDetails" not in answer, answer
        return [
            f"{found['id']} ({found['impact']}): {found['help']} at {' '.join(map(str, node['target']))}"
            for found in answer["result"]["value"]
            for node in found["nodes"]
        ]

    return violations


@pytest.fixture(scope="session")
def shot() -> Callable[[Page, str], None]:
    """Return a function that keeps a screenshot in the folder LYGTE_SCREENSHOTS, when that is set."""
    folder = os.environ.get("LYGTE_SCREENSHOTS")

    def keep(page: Page, name: str, *, full: bool = True) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=full)

    return keep
