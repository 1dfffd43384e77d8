"""The instruments themselves: what they are silent about is only worth something if they can speak."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

POLICY = {"content-security-policy": "default-src 'self'", "content-type": "text/html; charset=utf-8"}
CLEAN = """<!doctype html><html lang="da"><title>Prøve</title>
<main><h1>Prøve</h1><p>Tekst</p></main></html>"""
FAULTY = """<!doctype html><html lang="da"><title>Prøve</title><main><h1>Prøve</h1><input>
<img src="/broken.png"><script src="http://lygte.example/x.js"></script></main></html>"""


def serve(page: Page, body: str) -> None:
    def answer(route: Route) -> None:
        if route.request.resource_type == "document":
            route.fulfill(body=body, headers=POLICY)
        else:
            route.fulfill(status=500)

    page.route("**/proeve*", answer)
    page.route("**/broken.png", answer)
    page.goto("/proeve")


def test_axe_is_silent_on_a_clean_page_with_a_strict_policy(
    page: Page, axe: Callable[[Page], list[str]]
) -> None:
    serve(page, CLEAN)
    assert axe(page) == []


def test_axe_names_a_missing_label_and_a_missing_description(
    page: Page, axe: Callable[[Page], list[str]], watch: Any
) -> None:
    watch.allow(".")
    serve(page, FAULTY)
    assert {line.split()[0] for line in axe(page)} >= {"label", "image-alt"}


def test_the_watch_sees_a_failed_picture_and_a_script_from_elsewhere(page: Page, watch: Any) -> None:
    serve(page, FAULTY)
    page.wait_for_load_state("networkidle")
    seen = " ".join(watch.unexpected())
    watch.allow(".")
    assert "answered 500" in seen
    assert "lygte.example" in seen
