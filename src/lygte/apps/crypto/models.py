from django.db import models

from lygte.apps.core.scoped import ScopedModel


class DataKey(ScopedModel):
    """A key of one municipality, wrapped by the master key. Destroy it, and its fields are gone for ever.

    While the master key changes, `wrapped_next` holds the key under the coming one.
    """

    class Purpose(models.TextChoices):
        FIELDS = "fields"
        INDEX = "index"
        AUDIT = "audit"
        NEXT = "next"  # the index key that is to take over
        STABLE = "stable"  # the first index key, where what was derived from it must stay the same

    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    wrapped = models.BinaryField()
    wrapped_next = models.BinaryField(null=True)
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


class InstallationKey(models.Model):
    """The key of what belongs to no municipality, such as second factors. Global."""

    purpose = models.CharField(max_length=8, primary_key=True)
    wrapped = models.BinaryField()
    wrapped_next = models.BinaryField(null=True)

    def __str__(self) -> str:
        return self.purpose
