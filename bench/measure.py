"""Measure the pages of one installation, named by the environment. Prints JSON; started by run.py."""

import gzip
import http.client
import json
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from lygte.apps.accounts.models import User  # noqa: E402
from lygte.apps.contacts.models import Contact  # noqa: E402
from lygte.apps.core.scope import municipality_scope  # noqa: E402
from lygte.apps.insight.selectors import previous  # noqa: E402
from lygte.apps.people.models import Person  # noqa: E402
from lygte.apps.tenancy.models import Municipality, Service  # noqa: E402
from lygte.domain.time import local  # noqa: E402

MUNICIPALITY, SERVICE = "lysborg", "havnegade"
WORKERS, LEADER = ("mette", "jonas", "karin"), "leder-havnegade"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SEARCHES_A_MINUTE = 20  # of one worker, with a few more inside this process: the pace of searches is held
WARM_UP = 5
INSIDE = 6  # requests inside this process, for the time that the processor spends on one
ASSET = re.compile(r"""(?:href|src)="([^"]+\.(?:css|js|svg|png|woff2|ico|webmanifest)(?:\?[^"]*)?)\"""")
INNER = re.compile(r"""(?:url\(\s*["']?|from\s*["']|import\s*\(?\s*["'])([^"')]+)["')]""")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as somebody opens it; a term makes it a search that is posted."""

    name: str
    path: str
    users: tuple[str, ...]
    term: str = ""


def main() -> None:
    """Measure everything."""
    requests = int(sys.argv[1])
    pages, contacts = the_pages()
    with served() as port:
        found = [measure(page, port=port, requests=requests) for page in pages]
        weight = weigh(Browser(port, pages[0].users[0]), pages[0].path)
    report = {
        "version": version(),
        "service": SERVICE,
        "contacts": contacts,
        "pages": found,
        "weight": weight,
    }
    sys.stdout.write(json.dumps(report))


def the_pages() -> tuple[list[Page], int]:
    """Return the pages to open; the contact is one of the person who has been in touch most often."""
    with municipality_scope(Municipality.objects.get(key=MUNICIPALITY).pk):
        service = Service.objects.get(slug=SERVICE)
        contacts = Contact.objects.filter(service=service)
        busiest = (
            contacts.filter(person__isnull=False)
            .values("person_id")
            .annotate(times=Count("id"))
            .order_by("-times", "person_id")[0]["person_id"]
        )
        contact = contacts.filter(person_id=busiest, direction="incoming").latest("started_at", "id")
        name = next(row.name for row in Person.objects.order_by("-created_at", "id") if row.name)
        year, month = previous(local(timezone.now()).year, local(timezone.now()).month)
        month_of = reverse("staff:month_of", args=[SERVICE, year, month])
        pages = [
            Page("board", reverse("staff:board", args=[SERVICE]), WORKERS[:1]),
            Page("board part", reverse("staff:board_part", args=[SERVICE]), WORKERS[:1]),
            Page("contact", reverse("staff:contact", args=[contact.pk]), WORKERS[:1]),
            Page("search", reverse("staff:people", args=[SERVICE]), (*WORKERS, LEADER), name.split()[0]),
            Page("month", month_of, (LEADER,)),
        ]
        return pages, contacts.count()


@contextmanager
def served() -> Iterator[int]:
    """Run the web server of `lygte serve` on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "lygte.config.wsgi:application", "--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--log-level", "warning"),
    ]
    server = subprocess.Popen(command)
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not start")


class Browser:
    """One client with a session of its own and one connection that stays open."""

    def __init__(self, port: int, username: str) -> None:
        self._port = port
        self._cookies = {settings.SESSION_COOKIE_NAME: session_of(username)}
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, path: str, term: str = "") -> tuple[int, dict[str, str], bytes]:
        """Fetch a page, or post a search."""
        body, headers = None, {"Cookie": self._cookie(), "Accept-Encoding": "gzip"}
        if term:
            body = urlencode({"term": term, "csrfmiddlewaretoken": self._cookies["csrftoken"]})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._line.request("POST" if term else "GET", path, body, headers)
        answer = self._line.getresponse()
        content = answer.read()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.split(";")[0]
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())


def session_of(username: str) -> str:
    """Return the key of a fresh session of a user with a second factor."""
    client = signed_in(username)
    return str(client.session.session_key)


def signed_in(username: str) -> Client:
    """Return a client inside this process."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def measure(page: Page, *, port: int, requests: int) -> dict[str, Any]:
    """Open a page again and again, one request after another."""
    spent: list[float] = []
    for username in page.users:
        browser = Browser(port, username)
        for number in range(times(page, requests)):
            if page.term and number == 0:
                browser.ask(page.path)
            began = time.perf_counter()
            status, _, _ = browser.ask(page.path, page.term)
            spent.append((time.perf_counter() - began) * 1000)
            assert status == 200, f"{page.name}: {status}"
    warm = spent[WARM_UP:]
    queries, cpu = asked(page)
    return {
        "name": page.name,
        "requests": len(warm),
        "median": statistics.median(warm),
        "p95": statistics.quantiles(warm, n=20)[-1],
        "cpu": cpu,
        "queries": len(queries),
        "sql": plain(queries),
    }


def times(page: Page, requests: int) -> int:
    """Return how often each user asks; nobody searches faster than a person may."""
    each = requests // len(page.users) + WARM_UP
    return min(each, SEARCHES_A_MINUTE) if page.term else each


def asked(page: Page) -> tuple[list[str], float]:
    """Return the SQL of one request, transactions left out, and the median processor time in milliseconds."""
    client = signed_in(page.users[-1])
    ask: Callable[[], Any] = (
        (lambda: client.post(page.path, {"term": page.term})) if page.term else lambda: client.get(page.path)
    )
    ask()
    spent = []
    for _ in range(INSIDE):
        began = time.process_time()
        ask()
        spent.append((time.process_time() - began) * 1000)
    with CaptureQueriesContext(connection) as captured:
        answer = ask()
    assert answer.status_code == 200, f"{page.name}: {answer.status_code}"
    statements = [query["sql"] for query in captured.captured_queries]
    kept = [sql for sql in statements if not re.match(r"(?i)BEGIN|COMMIT|SAVEPOINT|RELEASE|ROLLBACK", sql)]
    return kept, statistics.median(spent)


def plain(queries: list[str]) -> float:
    """Return the median milliseconds of fetching the same rows by the same driver with nothing around it."""
    reads = [sql for sql in queries if re.match(r"(?i)SELECT", sql) and "set_config" not in sql]
    spent = []
    with municipality_scope(Municipality.objects.get(key=MUNICIPALITY).pk), connection.cursor() as cursor:
        for _ in range(30):
            began = time.perf_counter()
            for sql in reads:
                cursor.execute(sql.replace("%", "%%") if connection.vendor == "sqlite" else sql)
                cursor.fetchall()
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def weigh(browser: Browser, path: str) -> dict[str, int]:
    """Return the compressed bytes of a page and of everything that it loads, modules and fonts included."""
    _, headers, body = browser.ask(path)
    page = compressed(headers, body)
    waiting = [urljoin(path, link) for link in ASSET.findall(text_of(headers, body))]
    sizes: dict[str, int] = {}
    while waiting:
        address = urlsplit(waiting.pop()).path
        if address in sizes:
            continue
        status, headers, body = browser.ask(address)
        assert status == 200, f"{address}: {status}"
        sizes[address] = compressed(headers, body)
        if address.endswith((".css", ".js")):
            inner = [link for link in INNER.findall(text_of(headers, body)) if not link.startswith("data:")]
            waiting += [urljoin(address, link) for link in inner]
    return {"page": page, "files": len(sizes) + 1, "total": page + sum(sizes.values())}


def compressed(headers: dict[str, str], body: bytes) -> int:
    """Return the bytes on the line; what the server sends plain is compressed by the proxy before it."""
    plain_text = "content-encoding" not in headers and not headers.get("content-type", "").startswith("font")
    return min(len(body), len(gzip.compress(body, 6))) if plain_text else len(body)


def text_of(headers: dict[str, str], body: bytes) -> str:
    """Return a text as it was before compression."""
    return (gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body).decode()


def version() -> str:
    """Return the version of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return str(cursor.fetchone()[0])


if __name__ == "__main__":
    main()
