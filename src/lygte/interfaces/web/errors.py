import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lygte.interfaces.web import storage


def _page(request: HttpRequest, status: int, template: str) -> HttpResponse:
    return render(request, template, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, "staff/errors/400.html")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, "staff/errors/403.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, "staff/errors/404.html")


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something broke; when it is the database, say what becomes of what was typed."""
    if trouble := storage.trouble_of(sys.exc_info()[1]):
        return storage.unavailable(request, trouble)
    return _page(request, 500, "staff/errors/500.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, "staff/errors/csrf.html")
