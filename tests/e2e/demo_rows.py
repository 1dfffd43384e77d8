"""Prints, as JSON, what is needed to open every page of the invented municipality.

Runs inside `lygte manage shell`, since Django may not be imported where Playwright runs. Three colleagues
are added whom the municipality does not have by itself: one without a role, one at the very first sign-in,
and one who has forgotten the password.
"""

import json
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.apps import apps
from django.urls import get_resolver
from django.utils import timezone
from django.utils.timezone import localdate

from lygte.apps.core.scope import municipality_scope

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HERE = {"service__slug": "havnegade"}


def rows(model: str, **which: object) -> Any:
    return apps.get_model(model).objects.filter(**which).order_by("pk")


def one(model: str, wanted: Callable[[Any], bool] = lambda row: True, **which: object) -> Any:
    return next(row for row in rows(model, **which) if wanted(row))


def colleague(username: str, name: str, **more: object) -> Any:
    like = rows("accounts.User", username="mette").get()
    users = apps.get_model("accounts.User").objects
    made, _ = users.get_or_create(
        username=username,
        defaults={"name": name, "municipality": like.municipality, "password": like.password, **more},
    )
    return made


def code() -> Any:
    service = rows("tenancy.Service", slug="havnegade").get()
    kept = {"code_list": "cause", "code": "opdigtet", "label_da": "Opdigtet", "label_en": "Invented"}
    found = rows("tenancy.LocalCode", service=service, code="opdigtet").first()
    return found or apps.get_model("tenancy.LocalCode").objects.create(
        service=service, valid_from=localdate() + timedelta(days=1), position=90, **kept
    )


def outage() -> Any:
    now, service = timezone.now(), rows("tenancy.Service", slug="havnegade").get()
    times = {"began_at": now - timedelta(hours=5), "ended_at": now - timedelta(hours=4), "noted_at": now}
    made = rows("outages.Outage", service=service).first()
    return made or apps.get_model("outages.Outage").objects.create(service=service, **times)


def found() -> dict[str, str]:
    thread = one(
        "plans.PlanVersion", lambda row: row.plan.person.return_words, plan__service__slug="havnegade"
    )
    known = one("people.ServiceTie", lambda row: row.person.level == "identified", **HERE)
    first = {
        "closed": one("contacts.Contact", state="closed", level="severe", **HERE),
        "children": one("contacts.Contact", state="open", children="yes", **HERE),
        "callback": one("promises.Promise", kind="callback", state="promised", **HERE),
        "follow_up": one("promises.Promise", kind="plan_follow_up", state="promised", **HERE),
        "kept": one("promises.Promise", state="kept", **HERE),
        "undecided": one("promises.Promise", state="needs_decision", **HERE),
        "missed": one("queue.Call", state="abandoned", handling="open", **HERE),
        "rule": one("tenancy.OpeningHours", **HERE),
        "target": one("tenancy.ServiceTarget", **HERE),
        "user": one("accounts.User", username="jonas"),
        "forgetful": one("accounts.User", username="glemsom"),
        "endpoint": one("queue.TelephonyEndpoint", **HERE),
        "outage": outage(),
        "code": code(),
    }
    return {name: str(row.pk) for name, row in first.items()} | {
        "person": str(known.person_id),
        "thread": str(thread.plan.person_id),
        "words": str(thread.plan.person.return_words),
        "notified": str(one("contacts.ChildNotification", choice="notify", **HERE).contact_id),
        "month": f"{localdate().year}-{localdate().month}",
    }


def routes() -> list[str]:
    """The names of all addresses for staff, acts included."""
    staff = get_resolver().namespace_dict["staff"][1]
    return sorted(name for name in staff.reverse_dict if isinstance(name, str))


with municipality_scope(apps.get_model("tenancy.Municipality").objects.get(key="lysborg").pk):
    without_role = colleague("uden-rolle", "Ulla Opdigtet")
    if not apps.get_model("mfa.Authenticator").objects.filter(user=without_role).exists():
        TOTP.activate(without_role, SECRET)
    colleague("ny-kollega", "Nina Opdigtet")
    colleague("glemsom", "Gerda Opdigtet")
    sys.stdout.write(json.dumps({"rows": found(), "routes": routes()}))
