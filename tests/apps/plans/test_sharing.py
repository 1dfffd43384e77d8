import hashlib
from datetime import timedelta

import pytest

from lygte.apps.core.refusals import InvalidField, Refused
from lygte.apps.core.saving import FieldEdit
from lygte.apps.core.scope import scope_or_none
from lygte.apps.plans import selectors, services
from lygte.apps.plans.models import PlanShare
from lygte.domain.access import AccessDenied
from lygte.domain.events import Verb
from lygte.domain.vocab import PlanSection, Role, ShareAudience
from tests.apps.plans.drafts import WORDS, draft, events, finished, shared, thread
from tests.world import NOW, World

LATER = NOW + timedelta(days=2)


def test_a_link_opens_the_shared_sections_and_nothing_else(world: World) -> None:
    here = world.here
    with here.scope():
        version = finished(here, thread(here))
        _share, token = shared(here, version.plan, sections=[PlanSection.HELPS, PlanSection.WORSENS])
    seen = services.open_share(now=LATER, token=token)
    assert seen.sections == {PlanSection.HELPS: WORDS[PlanSection.HELPS]}
    assert (seen.service_name, seen.updated_at) == (here.service.name, version.finished_at)
    assert scope_or_none() is None


def test_the_secret_itself_is_kept_nowhere(world: World) -> None:
    here = world.here
    with here.scope():
        share, token = shared(here, finished(here, thread(here)).plan)
        key, secret = token.rsplit("-", 1)
        row = PlanShare.objects.get(pk=share.pk)
        assert key == here.municipality.key
        assert len(secret) == 32
        assert bytes(row.secret_digest) == hashlib.sha256(secret.encode()).digest()
        assert all(secret not in str(event.detail) for event in events(Verb.PLAN_SHARED))


def test_a_link_shows_the_newest_finished_version_and_never_a_draft(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        _share, token = shared(here, finished(here, person).plan)
        version = draft(here, person, {PlanSection.HELPS: "At høre musik."}, now=LATER)
    assert services.open_share(now=LATER, token=token).sections[PlanSection.HELPS] == WORDS[PlanSection.HELPS]
    with here.scope():
        services.finish(actor=here.worker, now=LATER, version_id=version.pk)
    assert services.open_share(now=LATER, token=token).sections[PlanSection.HELPS] == "At høre musik."


def test_an_opening_is_counted_and_written_down(world: World) -> None:
    here = world.here
    with here.scope():
        share, token = shared(here, finished(here, thread(here)).plan)
        assert [row.pk for row in selectors.unopened_shares(here.service.pk, now=LATER)] == [share.pk]
    services.open_share(now=LATER, token=token)
    services.open_share(now=LATER, token=token.upper())
    with here.scope():
        row = PlanShare.objects.get(pk=share.pk)
        assert (row.times_opened, row.last_opened_at) == (2, LATER)
        assert selectors.unopened_shares(here.service.pk, now=LATER) == []
        opened = events(Verb.PLAN_OPENED_BY_LINK)
        assert [(event.actor_kind, event.actor_id) for event in opened] == [("link", share.pk)] * 2


def test_a_withdrawn_link_opens_nothing_the_next_moment(world: World) -> None:
    here = world.here
    with here.scope():
        share, token = shared(here, finished(here, thread(here)).plan)
    services.open_share(now=NOW, token=token)
    with here.scope():
        services.withdraw(actor=here.worker, now=NOW, share_id=share.pk)
    with pytest.raises(services.ShareClosed):
        services.open_share(now=NOW, token=token)
    with here.scope():
        refused = events(Verb.ATTACK_REFUSED)
        assert [event.detail["closed"] for event in refused] == ["withdrawn"]
        assert PlanShare.objects.get(pk=share.pk).times_opened == 1
        with pytest.raises(Refused) as again:
            services.withdraw(actor=here.worker, now=NOW, share_id=share.pk)
        assert again.value.code == "share_closed"


def test_a_link_replayed_after_its_time_opens_nothing(world: World) -> None:
    here = world.here
    with here.scope():
        share, token = shared(here, finished(here, thread(here)).plan, days=7)
    last = share.expires_at - timedelta(seconds=1)
    assert services.open_share(now=last, token=token).sections
    with pytest.raises(services.ShareClosed):
        services.open_share(now=share.expires_at, token=token)
    with here.scope():
        assert [event.detail["closed"] for event in events(Verb.ATTACK_REFUSED)] == ["expired"]
        assert selectors.unopened_shares(here.service.pk, now=share.expires_at) == []


@pytest.mark.parametrize("secret", ["a" * 32, "a" * 31, "", "1" * 32, "' OR 1=1 --"])
def test_a_guess_opens_nothing_and_is_written_down_where_it_was_tried(world: World, secret: str) -> None:
    with world.here.scope():
        shared(world.here, finished(world.here, thread(world.here)).plan)
    with pytest.raises(services.ShareClosed):
        services.open_share(now=NOW, token=f"lysborg-{secret.replace('-', '')}")
    with world.here.scope():
        assert [event.detail for event in events(Verb.ATTACK_REFUSED)] == [{"door": "plan_link"}]
    with world.there.scope():
        assert events(Verb.ATTACK_REFUSED) == []


def test_a_real_secret_under_the_key_of_another_municipality_opens_nothing(world: World) -> None:
    with world.here.scope():
        _share, token = shared(world.here, finished(world.here, thread(world.here)).plan)
    secret = token.rsplit("-", 1)[1]
    with pytest.raises(services.ShareClosed):
        services.open_share(now=NOW, token=f"fyrnes-{secret}")
    with world.there.scope():
        assert len(events(Verb.ATTACK_REFUSED)) == 1


@pytest.mark.parametrize("token", ["", "x", "nowhere-" + "a" * 32, "-" + "a" * 32])
def test_a_token_of_no_municipality_leaves_nothing(world: World, token: str) -> None:
    with pytest.raises(services.ShareClosed):
        services.open_share(now=NOW, token=token)
    for place in (world.here, world.there):
        with place.scope():
            assert events(Verb.ATTACK_REFUSED) == []


def test_sharing_marks_the_sections_and_taking_a_mark_away_closes_them_at_once(world: World) -> None:
    here = world.here
    with here.scope():
        person = thread(here)
        plan = finished(here, person).plan
        chosen = [PlanSection.HELPS, PlanSection.WHOM_TO_CALL]
        _share, token = shared(here, plan, audience=ShareAudience.RELATIVE, sections=chosen)
        assert ShareAudience.RELATIVE in selectors.marks(plan.pk)[PlanSection.HELPS]
        assert ShareAudience.RELATIVE not in selectors.marks(plan.pk)[PlanSection.NEXT_STEP]
    assert list(services.open_share(now=NOW, token=token).sections) == chosen
    with here.scope():
        version = draft(here, person, {}, now=LATER)
        fields = {"share_helps": FieldEdit(["citizen"])}
        services.save_sections(actor=here.worker, now=LATER, version_id=version.pk, fields=fields)
    assert list(services.open_share(now=LATER, token=token).sections) == [PlanSection.WHOM_TO_CALL]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sections": []}, "sections"),
        ({"days": 0}, "days"),
        ({"days": 400}, "days"),
        ({"label": "x" * 81}, "label"),
    ],
)
def test_a_link_needs_sections_a_time_and_a_short_label(
    world: World, changes: dict[str, object], field: str
) -> None:
    here = world.here
    with here.scope():
        plan = finished(here, thread(here)).plan
        with pytest.raises(InvalidField) as refused:
            shared(here, plan, **changes)
        assert refused.value.field == field
        assert selectors.shares(plan.pk) == []


def test_a_plan_without_a_finished_version_cannot_be_shared(world: World) -> None:
    here = world.here
    with here.scope():
        version = draft(here, thread(here))
        with pytest.raises(Refused) as refused:
            shared(here, version.plan)
        assert refused.value.code == "plan_not_finished"


def test_the_same_form_sent_twice_makes_one_link(world: World) -> None:
    here = world.here
    with here.scope():
        plan = finished(here, thread(here)).plan
        made, _token = shared(here, plan)
        with pytest.raises(Refused) as refused:
            shared(here, plan, share_id=made.pk)
        assert refused.value.code == "share_exists"
        assert len(selectors.shares(plan.pk)) == 1


def test_only_who_may_share_makes_or_withdraws_a_link(world: World) -> None:
    here = world.here
    with here.scope():
        plan = finished(here, thread(here)).plan
        made, _token = shared(here, plan)
        for actor in (here.actor(Role.EVALUATOR), here.actor_of(here.other_worker)):
            with pytest.raises(AccessDenied):
                services.withdraw(actor=actor, now=NOW, share_id=made.pk)
            with pytest.raises(AccessDenied):
                services.share(
                    actor=actor,
                    now=NOW,
                    plan_id=plan.pk,
                    audience=ShareAudience.CITIZEN,
                    label="",
                    sections=[PlanSection.HELPS],
                    days=7,
                )
        assert len(selectors.shares(plan.pk)) == 1
        assert events(Verb.PLAN_SHARE_WITHDRAWN) == []
    with world.there.scope(), pytest.raises(PlanShare.DoesNotExist):
        services.withdraw(actor=world.there.worker, now=NOW, share_id=made.pk)
