"""Base class of every row that belongs to a municipality."""

from typing import ClassVar, Self, TypeVar

from django.db import models

from lygte.apps.core.ids import new_id
from lygte.apps.core.scope import current_municipality_id, scope_or_none

M = TypeVar("M", bound=models.Model)


class ScopedManager(models.Manager[M]):
    """Sees the rows of the running municipality only, and refuses to work outside one."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(municipality_id=current_municipality_id())


class ScopedModel(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    municipality = models.ForeignKey(
        "tenancy.Municipality",
        on_delete=models.PROTECT,
        default=scope_or_none,
        editable=False,
        related_name="+",
    )

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


def scoped_models() -> list[type[ScopedModel]]:
    """Return every concrete scoped model."""
    from django.apps import apps

    return [model for model in apps.get_models() if issubclass(model, ScopedModel)]
