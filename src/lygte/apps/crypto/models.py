from django.db import models

from lygte.apps.core.scoped import ScopedModel


class DataKey(ScopedModel):
    """A key of one municipality, wrapped by the master key. Destroy it, and its fields are gone for ever."""

    class Purpose(models.TextChoices):
        FIELDS = "fields"
        INDEX = "index"
        AUDIT = "audit"

    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "purpose"],
                condition=models.Q(retired_at__isnull=True),
                name="one_running_key_per_purpose",
            ),
        ]
