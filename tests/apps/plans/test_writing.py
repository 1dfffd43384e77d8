from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from lygte.apps.casework import services as casework
from lygte.apps.contacts import services as contacts
from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit, token
from lygte.apps.people import selectors as people_read
from lygte.apps.people import services as people
from lygte.apps.plans import selectors, services
from lygte.apps.plans.models import Plan, PlanText, PlanVersion
from lygte.domain.access import AccessDenied
from lygte.domain.events import Verb
from lygte.domain.transitions import TransitionRefused
from lygte.domain.vocab import Channel, IdentityLevel, PlanSection, PlanVersionState, Role, ShareAudience
from tests.apps.plans.drafts import WORDS, draft, events, finished, thread
from tests.world import NOW, World

LATER = NOW + timedelta(minutes=10)


def test_a_plan_begins_with_an_empty_draft(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        version = services.start_version(
            actor=here.worker, now=NOW, person_id=person.pk, service=here.service
        )
        assert (version.number, version.state) == (1, PlanVersionState.DRAFT)
        assert set(selectors.sections(version.pk).values()) == {""}
        assert selectors.newest_finished(person.pk) is None
        assert [event.person_id for event in events(Verb.PLAN_STARTED)] == [person.pk]


def test_starting_twice_gives_the_same_draft(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        first = draft(here, person)
        again = services.start_version(
            actor=here.leader, now=LATER, person_id=person.pk, service=here.service
        )
        assert again.pk == first.pk
        assert selectors.sections(again.pk)[PlanSection.HELPS] == WORDS[PlanSection.HELPS]


def test_a_new_version_is_copied_from_the_newest_and_the_old_one_stays(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        first = finished(here, person)
        second = draft(here, person, {PlanSection.HELPS: "At høre musik."}, now=LATER)
        assert second.number == 2
        assert selectors.sections(first.pk)[PlanSection.HELPS] == WORDS[PlanSection.HELPS]
        assert selectors.sections(second.pk) == {
            **selectors.sections(first.pk),
            PlanSection.HELPS: "At høre musik.",
        }
        assert selectors.newest_finished(person.pk) == first


def test_the_words_lie_encrypted_in_the_database(world: World) -> None:
    with world.here.scope():
        draft(world.here, thread(world.here))
        stored = PlanText.objects.filter(section=PlanSection.HELPS).values_list("text", flat=True).get()
        assert b"vandet" not in bytes(stored)


def test_a_finished_version_can_no_longer_be_typed_in_or_finished_again(world: World) -> None:
    here = world.here
    with here.scope():
        version = finished(here, thread(here))
        with pytest.raises(Refused) as refused:
            services.save_sections(
                actor=here.worker, now=LATER, version_id=version.pk, fields={"helps": FieldEdit("nyt")}
            )
        with pytest.raises(TransitionRefused):
            services.finish(actor=here.worker, now=LATER, version_id=version.pk)
        assert refused.value.code == "plan_finished"
        assert selectors.sections(version.pk)[PlanSection.HELPS] == WORDS[PlanSection.HELPS]


@pytest.mark.parametrize("change", ["text", "new text", "lost text", "version", "lost version"])
def test_the_database_itself_refuses_to_change_a_finished_version(world: World, change: str) -> None:
    with world.here.scope():
        version = finished(world.here, thread(world.here))
        before = selectors.sections(version.pk)
        with pytest.raises(DatabaseError), transaction.atomic():
            if change == "text":
                row = PlanText.objects.get(version=version, section=PlanSection.HELPS)
                row.text = "noget andet"
                row.save()
            elif change == "new text":
                PlanText.objects.create(version=version, section=PlanSection.WORSENS, text="tilføjet")
            elif change == "lost text":
                PlanText.objects.filter(version=version).delete()
            elif change == "version":
                PlanVersion.objects.filter(pk=version.pk).update(state="draft", finished_at=None)
            else:
                PlanVersion.objects.filter(pk=version.pk)._raw_delete("default")
        assert selectors.sections(version.pk) == before
        assert PlanVersion.objects.get(pk=version.pk).state == PlanVersionState.FINISHED


def test_the_database_holds_at_most_one_draft_of_a_plan(world: World) -> None:
    with world.here.scope():
        version = draft(world.here, thread(world.here))
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanVersion.objects.create(plan=version.plan, number=2, state="draft", started_at=NOW)
        assert PlanVersion.objects.filter(plan=version.plan).count() == 1


def test_an_empty_plan_cannot_be_finished(world: World) -> None:
    here = world.here
    with here.scope():
        version = draft(here, thread(here), {PlanSection.HELPS: "  \n "})
        with pytest.raises(Refused) as refused:
            services.finish(actor=here.worker, now=NOW, version_id=version.pk)
        assert refused.value.code == "plan_empty"
        assert selectors.draft(version.plan_id) is not None


def test_finishing_raises_the_live_version_of_the_board(world: World) -> None:
    from lygte.apps.core.selectors import live_version

    with world.here.scope():
        version = draft(world.here, thread(world.here))
        before = live_version(world.here.service.pk)
        services.finish(actor=world.here.worker, now=NOW, version_id=version.pk)
        assert live_version(world.here.service.pk) > before
        assert events(Verb.PLAN_FINISHED)[0].detail == {
            "number": 1,
            "sections": [section.value for section in WORDS],
        }


def test_two_who_write_in_one_section_are_both_kept(world: World) -> None:
    here = world.here
    with here.scope():
        version = draft(here, thread(here), {PlanSection.HELPS: "En tur."})
        seen = token("En tur.")
        services.save_sections(
            actor=here.worker,
            now=NOW,
            version_id=version.pk,
            fields={"helps": FieldEdit("En tur med Mia.", seen)},
            saved_from="vindue et",
        )
        result = services.save_sections(
            actor=here.leader,
            now=LATER,
            version_id=version.pk,
            fields={"helps": FieldEdit("En lang tur.", seen), "worsens": FieldEdit("Larm.", token(""))},
            saved_from="vindue to",
        )
        assert result.conflicts["helps"].theirs == "En tur med Mia."
        assert result.conflicts["helps"].by == here.users[Role.WORKER].name
        assert result.saved == {"worsens": token("Larm.")}
        assert selectors.sections(version.pk)[PlanSection.HELPS] == "En tur med Mia."


def test_the_same_window_never_conflicts_with_itself_and_a_repeat_counts_once(world: World) -> None:
    here = world.here
    with here.scope():
        version = draft(here, thread(here), {})

        def save(text: str, base: str) -> object:
            return services.save_sections(
                actor=here.worker,
                now=NOW,
                version_id=version.pk,
                fields={"helps": FieldEdit(text, base)},
                saved_from="vindue",
            )

        first, again, further = save("En", token("")), save("En", token("")), save("En tur", token(""))
        assert not first.conflicts and not again.conflicts and not further.conflicts  # type: ignore[attr-defined]
        assert selectors.sections(version.pk)[PlanSection.HELPS] == "En tur"
        assert len(events(Verb.PLAN_SAVED)) == 1


def test_who_may_be_shown_a_section_is_saved_beside_it_and_checked(world: World) -> None:
    here = world.here
    with here.scope():
        version = draft(here, thread(here))
        assert selectors.marks(version.plan_id)[PlanSection.HELPS] == (ShareAudience.CITIZEN,)
        services.save_sections(
            actor=here.worker,
            now=NOW,
            version_id=version.pk,
            fields={"share_helps": FieldEdit(["relative", "citizen"], token(["citizen"]))},
        )
        assert selectors.marks(version.plan_id)[PlanSection.HELPS] == (
            ShareAudience.CITIZEN,
            ShareAudience.RELATIVE,
        )


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("diagnosis", "x", "unknown_field"),
        ("share_diagnosis", [], "unknown_field"),
        ("helps", 7, "not_text"),
        ("helps", "x" * 6001, "too_long"),
        ("share_helps", ["everybody"], "unknown_code"),
        ("share_helps", "citizen", "unknown_code"),
    ],
)
def test_what_cannot_be_stored_is_refused_by_name_and_nothing_is_saved(
    world: World, field: str, value: object, code: str
) -> None:
    here = world.here
    with here.scope():
        version = draft(here, thread(here), {})
        fields = {"worsens": FieldEdit("Larm."), field: FieldEdit(value)}
        with pytest.raises(InvalidField) as refused:
            services.save_sections(actor=here.worker, now=NOW, version_id=version.pk, fields=fields)
        assert (refused.value.field, refused.value.code) == (field, code)
        assert selectors.sections(version.pk)[PlanSection.WORSENS] == ""


def test_an_anonymous_contact_gets_a_thread_with_three_words_before_its_plan(world: World) -> None:
    here = world.here
    with here.scope():
        contact = contacts.open_contact(
            actor=here.worker, now=NOW, service=here.service, channel=Channel.WALK_IN
        )
        version = casework.start_plan(
            reason="for the crisis plan", actor=here.worker, now=NOW, contact_id=contact.pk
        )
        contact.refresh_from_db()
        person = people_read.person(contact.person_id)
        assert (version.contact_id, version.plan.person_id) == (contact.pk, person.pk)
        assert person.level == IdentityLevel.THREAD
        assert len(person.return_words.split()) == 3


def test_a_later_contact_goes_on_with_the_running_draft(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        first = draft(here, person)
        contact = contacts.open_contact(
            actor=here.worker, now=LATER, service=here.service, channel=Channel.PHONE, person_id=person.pk
        )
        version = casework.start_plan(
            reason="for the crisis plan", actor=here.worker, now=LATER, contact_id=contact.pk
        )
        assert version.pk == first.pk
        assert PlanVersion.objects.get(pk=first.pk).contact_id == contact.pk


def test_a_plan_cannot_hang_on_the_contact_of_somebody_else(world: World) -> None:
    here = world.here
    with here.scope():
        contact = contacts.open_contact(
            actor=here.worker,
            now=NOW,
            service=here.service,
            channel=Channel.PHONE,
            person_id=thread(here).pk,
        )
        with pytest.raises(Refused) as refused:
            services.start_version(
                actor=here.worker,
                now=NOW,
                person_id=thread(here).pk,
                service=here.service,
                contact_id=contact.pk,
            )
        assert refused.value.code == "contact_of_another"


def test_a_linked_thread_shows_its_plan_and_an_unlinked_one_takes_it_along(world: World) -> None:
    here = world.here
    with here.scope():
        anonymous, known = thread(here), thread(here)
        version = finished(here, anonymous)
        assert selectors.newest_finished(known.pk) is None
        link = people.link_thread(
            actor=here.worker, now=NOW, thread_id=anonymous.pk, person_id=known.pk, reason="ordene passer"
        )
        assert selectors.newest_finished(known.pk) == version
        people.undo_thread_link(actor=here.worker, now=LATER, link_id=link.pk, reason="fejl")
        assert selectors.newest_finished(known.pk) is None
        assert selectors.newest_finished(anonymous.pk) == version


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.ADMINISTRATOR])
def test_only_who_works_with_people_touches_a_plan(world: World, role: Role) -> None:
    here = world.here
    with here.scope():
        version = draft(here, thread(here))
        actor = here.actor(role)
        person_id = version.plan.person_id
        with pytest.raises(AccessDenied):
            services.read(actor=actor, now=NOW, person_id=person_id)
        with pytest.raises(AccessDenied):
            services.start_version(actor=actor, now=NOW, person_id=person_id, service=here.service)
        with pytest.raises(AccessDenied):
            services.save_sections(
                actor=actor, now=NOW, version_id=version.pk, fields={"helps": FieldEdit("nyt")}
            )
        with pytest.raises(AccessDenied):
            services.finish(actor=actor, now=NOW, version_id=version.pk)
        assert PlanVersion.objects.get(pk=version.pk).state == PlanVersionState.DRAFT


def test_a_service_that_does_not_know_the_person_does_not_read_the_plan(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        finished(here, person)
        stranger = here.actor_of(here.other_worker)
        with pytest.raises(AccessDenied):
            services.read(actor=stranger, now=NOW, person_id=person.pk)
        people.break_glass(
            actor=stranger, now=NOW, service=here.other_service, person_id=person.pk, reason="står her nu"
        )
        assert services.read(actor=stranger, now=NOW, person_id=person.pk) is not None


def test_another_municipality_finds_neither_person_nor_plan(world: World) -> None:
    with world.here.scope():
        person = thread(world.here)
        version = finished(world.here, person)
    with world.there.scope():
        assert not Plan.objects.exists()
        with pytest.raises(type(person).DoesNotExist):
            services.read(actor=world.there.worker, now=NOW, person_id=person.pk)
        with pytest.raises(PlanVersion.DoesNotExist):
            services.finish(actor=world.there.worker, now=NOW, version_id=version.pk)


def test_every_reading_is_written_down(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        assert services.read(actor=here.worker, now=NOW, person_id=person.pk) is None
        finished(here, person)
        services.read(actor=here.leader, now=NOW, person_id=person.pk)
        services.read(actor=here.worker, now=NOW, person_id=person.pk, verb=Verb.PLAN_PRINTED)
        assert [event.actor_id for event in events(Verb.PLAN_READ)] == [here.leader.id]
        assert [event.person_id for event in events(Verb.PLAN_PRINTED)] == [person.pk]
