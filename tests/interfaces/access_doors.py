"""Every address of the service with real objects behind it, for walking them with every kind of visitor."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from lygte.apps.accounts import selectors as accounts_read
from lygte.apps.accounts import services as accounts
from lygte.apps.contacts import services as contacts
from lygte.apps.core.saving import FieldEdit
from lygte.apps.outages import services as outages
from lygte.apps.people import services as people
from lygte.apps.plans import services as plans
from lygte.apps.privacy import services as privacy
from lygte.apps.promises import services as promises
from lygte.apps.queue import services as queue
from lygte.apps.tenancy import codes, dated
from lygte.apps.tenancy.dated import Kind
from lygte.domain.access import Action, system
from lygte.domain.plan import SECTIONS
from lygte.domain.time import day_of
from lygte.domain.vocab import (
    CallEvent,
    Channel,
    CodeList,
    NotificationChoice,
    PlanSection,
    Role,
    ShareAudience,
)
from tests.world import PASSWORD, World


@dataclass(frozen=True)
class Door:
    """One address of the service: its name, its pattern, and the action that its view asks for."""

    name: str
    pattern: str
    action: Action | None
    view: str
    parameters: tuple[str, ...]


def doors() -> list[Door]:
    """Return every address that the resolver knows."""
    return list(_walk(get_resolver().url_patterns, "", "", ()))


def _walk(patterns: Any, path: str, namespace: str, parameters: tuple[str, ...]) -> Iterator[Door]:
    for entry in patterns:
        here, held = path + str(entry.pattern), (*parameters, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, here, inner, held)
            continue
        view = entry.callback
        code = getattr(view, "__wrapped__", view)
        line = getattr(getattr(code, "__code__", None), "co_firstlineno", 0)
        place = f"{view.__module__}.{getattr(view, '__name__', view)}:{line}"
        yield Door(f"{namespace}{entry.name}", here, getattr(view, "action", None), place, held)


def objects(world: World) -> dict[str, Any]:
    """Make one of everything in the first service of `world.here`; return the parameters of addresses."""
    with world.here.scope():
        return _casework(world) | _settings(world)


def _casework(world: World) -> dict[str, Any]:
    place, worker, now = world.here, world.here.worker, timezone.now()
    person, _words = people.new_thread(actor=worker, now=now, service=place.service)
    thread, _words = people.new_thread(actor=worker, now=now, service=place.service)
    link = people.link_thread(
        actor=worker, now=now, thread_id=thread.pk, person_id=person.pk, reason="samme stemme"
    )
    contact = contacts.open_contact(
        actor=worker, now=now, service=place.service, channel=Channel.PHONE, person_id=person.pk
    )
    contacts.save_fields(actor=worker, now=now, contact_id=contact.pk, fields={"children": FieldEdit("yes")})
    notification = contacts.decide_notification(
        actor=worker,
        now=now,
        contact_id=contact.pk,
        choice=NotificationChoice.NOTIFY,
        reason="aftalt",
        sent_on=day_of(now),
        sent_to="Familiehuset",
    )
    call = queue.announce(
        actor=worker,
        now=now,
        endpoint_id=None,
        service=place.service,
        external_id="walk",
        event=CallEvent.RINGING,
        at=now,
        number="20000001",
    )
    promise = promises.make_callback(actor=worker, now=now, service=place.service, number="20 00 00 17")
    glass = people.break_glass(
        actor=accounts_read.actor_for(_leader_beside(world), today=day_of(now)),
        now=now,
        service=place.other_service,
        person_id=person.pk,
        reason="kom uanmeldt",
    )
    outage = outages.note_outage(
        actor=worker,
        now=now,
        service=place.service,
        began_at=now - timedelta(hours=3),
        ended_at=now - timedelta(hours=1),
    )
    return {
        "service": place.service.slug,
        "person": person.pk,
        "link": link.pk,
        "contact": contact.pk,
        "notification": notification.pk,
        "call": call.pk,
        "promise": promise.pk,
        "glass": glass.pk,
        "erasure": _asked(world, person),
        "ground": "call_number",
        "outage": outage.pk,
        "year": now.year,
        "month": now.month,
        "indicator": "by_level-severe",
        **_plan(world, person),
    }


def _asked(world: World, person: Any) -> Any:
    """Return a request to be erased that no visitor of the walk wrote down."""
    return privacy.ask(
        actor=system(world.here.municipality.pk),
        now=timezone.now(),
        person_id=person.pk,
        service_id=world.here.service.pk,
        reason="ønsker det",
    ).pk


def _leader_beside(world: World) -> Any:
    """Return a leader of the other service, so that no visitor of the walk has broken the glass."""
    place, by = world.here, system(world.here.municipality.pk)
    user = accounts.create_user(
        actor=by, now=timezone.now(), username="beside", password=PASSWORD, name="Opdigtet Nabo"
    )
    accounts.give_role(
        actor=by, now=timezone.now(), user=user, role=Role.LEADER, service_id=place.other_service.pk
    )
    return user


def _plan(world: World, person: Any) -> dict[str, Any]:
    place, worker, now = world.here, world.here.worker, timezone.now()
    for text in ("En tur langs vandet.", "En tur langs vandet med Mia."):
        version = plans.start_version(actor=worker, now=now, person_id=person.pk, service=place.service)
        fields = {PlanSection.HELPS.value: FieldEdit(text)}
        plans.save_sections(actor=worker, now=now, version_id=version.pk, fields=fields)
        version = plans.finish(actor=worker, now=now, version_id=version.pk)
    share, token = plans.share(
        actor=worker,
        now=now,
        plan_id=version.plan_id,
        audience=ShareAudience.CITIZEN,
        label="til telefonen",
        sections=SECTIONS,
        days=30,
    )
    plans.start_version(actor=worker, now=now, person_id=person.pk, service=place.service)
    return {"share": share.pk, "token": token}


def _settings(world: World) -> dict[str, Any]:
    place, now = world.here, timezone.now()
    administrator = place.actor(Role.ADMINISTRATOR)
    endpoint, _secret = queue.create_endpoint(
        actor=administrator, now=now, service=place.service, name="Central", mapping={}
    )
    common = {"actor": administrator, "now": now, "service_id": place.service.pk}
    code = codes.add_code(
        **common,
        code_list=CodeList.CAUSE,
        label_da="Nabostøj",
        label_en="Noise",
        starts=day_of(now),
        adoption=None,
    )
    change = codes.add_practice_change(**common, on=day_of(now - timedelta(days=40)), note_da="Ny praksis")
    user = place.users[Role.WORKER]
    return {
        "endpoint": endpoint.pk,
        "code": code.pk,
        "change": change.pk,
        "rule": dated.rows_of(Kind.OPENING, place.service.pk)[0].pk,
        "row": dated.rows_of(Kind.LEVEL, place.service.pk)[0].pk,
        "channel": "phone",
        "level": "mild",
        "user": user.pk,
        "grant": accounts_read.grants_of([user.pk])[user.pk][0].pk,
        "municipality_key": place.municipality.key,
        "municipality": place.municipality.key,
        "endpoint_id": endpoint.pk,
        "pk": 1,
    }


# What one name means depends on the address.
SPECIAL: dict[str, dict[str, Any]] = {
    "staff:settings_adopt": {"kind": "level"},
    "staff:settings_follow_up_edit": {"kind": "plan_follow_up"},
}


def address(door: Door, held: dict[str, Any]) -> str:
    """Return the address of a door with real objects in it."""
    given = held | SPECIAL.get(door.name, {})
    return reverse(door.name, kwargs={name: given[name] for name in door.parameters})
