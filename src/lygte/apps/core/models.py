from django.db import models


class LiveVersion(models.Model):
    """A counter per service, raised by every change that an open board must show. Holds nothing else."""

    service_id = models.UUIDField(primary_key=True)
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.service_id}: {self.version}"
