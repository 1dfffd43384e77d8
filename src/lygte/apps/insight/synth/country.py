"""A whole invented country: the municipalities of the demo, and as many more as are asked for."""

from lygte.apps.insight.synth.places import MUNICIPALITIES, MunicipalityPlan, ServicePlan
from lygte.domain.vocab import AbandonRule, OrganisationModel

MONTHS = 60
NATIONAL = (2_500_000, 98)  # contacts, municipalities
LARGEST = 2.0  # a large municipality has that many times the contacts of a middle one; a small one 0.5 times
STEPS = 7
MODELS = (OrganisationModel.SEMI_INTEGRATED, OrganisationModel.INTEGRATED)
RULES = tuple(AbandonRule)


def plans(municipalities: int) -> tuple[MunicipalityPlan, ...]:
    """Return so many municipalities; the first are those of the demo."""
    more = range(len(MUNICIPALITIES) + 1, municipalities + 1)
    return (*MUNICIPALITIES[:municipalities], *(_plan(number) for number in more))


def shares(of: tuple[MunicipalityPlan, ...], contacts: int) -> dict[str, int]:
    """Share the contacts among the services, unevenly as in a country; together they are exactly as many."""
    slugs = [service.slug for plan in of for service in plan.services]
    weights = [LARGEST ** (1 - 2 * (place % STEPS) / (STEPS - 1)) for place in range(len(slugs))]
    found = {slug: int(contacts * weight / sum(weights)) for slug, weight in zip(slugs, weights, strict=True)}
    found[slugs[0]] += contacts - sum(found.values())
    return found


def _plan(number: int) -> MunicipalityPlan:
    return MunicipalityPlan(
        f"opdigtet-{number:03}",
        f"Opdigtet Kommune {number}",
        (f"evaluator-{number:03}", f"Evaluator {number} Opdigtet"),
        (f"administrator-{number:03}", f"Administrator {number} Opdigtet"),
        (_service(number),),
    )


def _service(number: int) -> ServicePlan:
    return ServicePlan(
        f"akut-{number:03}",
        f"Akuttilbuddet Opdigtet {number}",
        MODELS[number % len(MODELS)],
        "20 00 00 04",
        f"Opdigtet Plads 0, Opdigtet {number}",
        RULES[number % len(RULES)],
        (f"leder-{number:03}", f"Leder {number} Opdigtet"),
        tuple((f"vagt-{number:03}-{one}", f"Vagt {one} i {number} Opdigtet") for one in (1, 2, 3)),
    )
