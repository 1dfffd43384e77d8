"""A whole invented country: its shares, and the leader's month against its sheet of right answers."""

import pytest

from lygte.apps.insight.synth import country, make
from lygte.apps.insight.synth.places import MUNICIPALITIES
from tests.apps.insight.invented import NOW
from tests.apps.insight.test_expected import differences


def test_the_national_size_is_98_municipalities_and_exactly_the_contacts_it_names() -> None:
    national = make.SIZES["national"]
    assert (len(national.plans), national.total, national.months) == (98, 2_500_000, 60)
    assert len({plan.key for plan in national.plans}) == 98
    assert national.plans[:2] == MUNICIPALITIES


def test_services_are_of_unlike_size_and_none_is_without_contacts() -> None:
    shares = country.shares(country.plans(9), 1_000)
    assert sum(shares.values()) == 1_000
    assert 3 * min(shares.values()) < max(shares.values())
    assert min(shares.values()) > 0


def test_everybody_of_a_country_has_a_name_to_sign_in_with_of_their_own() -> None:
    plans = country.plans(98)
    named = [plan.evaluator[0] for plan in plans] + [plan.administrator[0] for plan in plans]
    for service in (service for plan in plans for service in plan.services):
        named += [service.leader[0], *(worker[0] for worker in service.workers)]
    assert len(named) == len(set(named))


@pytest.mark.django_db
def test_every_number_of_every_month_of_a_country_is_the_expected_one() -> None:
    plans = country.plans(4)
    shape = make.Size(1, country.shares(plans, 200), plans)
    made = make.make(size="national", seed=3, now=NOW, shape=shape)
    services = made.sheet["services"]
    assert len(services) == 5
    assert [
        difference
        for place, months in services.items()
        for month, expected in months.items()
        for difference in differences(place, month, expected)
    ] == []
