from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from lygte.apps.core.fields import choices
from lygte.apps.core.ids import new_id
from lygte.apps.core.scoped import ScopedModel
from lygte.apps.crypto.fields import EncryptedTextField
from lygte.domain import vocab


class UserManager(BaseUserManager["User"]):
    def create_user(self, *, username: str, password: str, **fields: Any) -> "User":
        user = self.model(username=self.model.normalize_username(username).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """Someone who signs in. Global: the municipality is known only after sign-in. Rights are in `Grant`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    municipality = models.ForeignKey("tenancy.Municipality", on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=150, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=5, default="da")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username


class Grant(ScopedModel):
    """A role of a user in one service, or in all services of the municipality when `service` is empty."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey("tenancy.Service", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=choices(vocab.Role))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta(ScopedModel.Meta):
        indexes = [models.Index(fields=["user", "valid_to"], name="grant_by_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "service"],
                condition=models.Q(valid_to__isnull=True, service__isnull=False),
                name="grant_in_service_once",
            ),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(valid_to__isnull=True, service__isnull=True),
                name="grant_everywhere_once",
            ),
        ]


class SignInTries(models.Model):
    """Failed sign-ins of one user name, known or not, so that a lock tells a stranger nothing. Global."""

    username_digest = models.CharField(max_length=64, primary_key=True)
    failed = models.PositiveSmallIntegerField(default=0)
    last_failed_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.failed} failed"


class Federation(ScopedModel):
    """The common sign-in of a municipality (OpenID Connect)."""

    cvr = models.CharField(max_length=8)
    issuer = models.URLField(max_length=300)
    client_id = models.CharField(max_length=200)
    client_secret = EncryptedTextField()
    is_active = models.BooleanField(default=True)

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["municipality"], name="federation_once")]


class MappedPrivilege(ScopedModel):
    """A privilege of the common sign-in gives a role in one service, or in all when `service` is empty."""

    privilege = models.CharField(max_length=300)
    role = models.CharField(max_length=16, choices=choices(vocab.Role))
    service = models.ForeignKey("tenancy.Service", null=True, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(default=2)

    class Meta(ScopedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "privilege", "role", "service"],
                condition=models.Q(service__isnull=False),
                name="privilege_in_service_once",
            ),
            models.UniqueConstraint(
                fields=["municipality", "privilege", "role"],
                condition=models.Q(service__isnull=True),
                name="privilege_everywhere_once",
            ),
        ]


class FederatedIdentity(ScopedModel):
    """Who a user is at the common sign-in: a pseudonym that means nothing elsewhere."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    subject = models.CharField(max_length=300)

    class Meta(ScopedModel.Meta):
        constraints = [models.UniqueConstraint(fields=["municipality", "subject"], name="federated_once")]
