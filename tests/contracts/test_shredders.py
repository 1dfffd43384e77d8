"""Nothing that could tell of a person is without a shredder."""

from typing import Any

from django.apps import apps
from django.db import models

from lygte.apps.crypto.fields import EncryptedTextField
from lygte.apps.privacy.registry import HOLDINGS, KEPT, NO_CITIZEN, SHREDDERS, TERMS
from lygte.domain.retention import RULES, Act, Ground

NAMES = ("number", "phone", "name", "alias", "cpr", "address", "email", "external_id", "digest", "index")


def own_models() -> list[Any]:
    found = (model for model in apps.get_models() if model.__module__.startswith("lygte.apps."))
    return sorted(found, key=lambda model: model._meta.label)


def tells_of_a_person(field: Any) -> bool:
    if isinstance(field, EncryptedTextField):
        return True
    if isinstance(field, models.ForeignKey):
        return bool(field.remote_field.model._meta.label == "people.Person")
    if isinstance(field, models.UUIDField):
        return "person" in field.name or field.name == "counted_as"
    if isinstance(field, models.BinaryField):
        return True
    if isinstance(field, (models.CharField, models.TextField)) and not field.choices:
        return True
    return any(field.name == name or field.name.endswith(f"_{name}") for name in NAMES) and not isinstance(
        field, (models.PositiveSmallIntegerField, models.PositiveBigIntegerField)
    )


def held(label: str) -> set[str]:
    return {name for one in HOLDINGS if one.label == label for name in (*one.shown, *one.unshown)}


def test_every_column_that_could_tell_of_a_person_has_a_shredder_or_a_reason() -> None:
    missing = [
        f"{model._meta.label}.{field.name}"
        for model in own_models()
        if model._meta.label not in {**KEPT, **NO_CITIZEN}
        for field in model._meta.fields
        if tells_of_a_person(field) and field.name not in held(model._meta.label)
    ]
    assert missing == []


def test_what_is_exempt_exists_and_says_why() -> None:
    labels = {model._meta.label for model in own_models()}
    exempt = {**KEPT, **NO_CITIZEN}
    assert set(exempt) <= labels
    assert all(len(reason) > 10 for reason in exempt.values())


def test_every_column_that_a_shredder_names_exists() -> None:
    for holding in HOLDINGS:
        model = apps.get_model(holding.label)
        columns = {field.name for field in model._meta.fields} | {
            field.attname for field in model._meta.fields
        }  # type: ignore[attr-defined]
        assert set(holding.shown) | set(holding.unshown) <= columns, holding.label


def test_a_model_beside_the_shredders_would_be_found() -> None:
    field = models.ForeignKey("people.Person", on_delete=models.CASCADE)
    field.remote_field.model = apps.get_model("people.Person")
    assert tells_of_a_person(field)
    assert tells_of_a_person(EncryptedTextField())
    assert not tells_of_a_person(models.BooleanField(name="given"))


def test_every_ground_has_one_who_lets_go() -> None:
    acting = {ground for ground, rule in RULES.items() if rule.act is not Act.KEEP}
    assert set(TERMS) == acting - {Ground.PERSON_RECORD}
    assert len([term for one in SHREDDERS for term in one.terms]) == len(TERMS)
