"""The steps of a change of keys, each in one transaction of the running municipality."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from django.apps import apps
from django.conf import settings

from lygte.apps.core.refusals import Refused
from lygte.apps.crypto import installation, keyring
from lygte.apps.crypto.models import DataKey, InstallationKey

Purpose = DataKey.Purpose
DESTROYED = (Purpose.FIELDS, Purpose.INDEX)  # an audit key stays: old events are verified with it
SECRETS = ("secret", "seed")


def begin(now: datetime) -> bool:
    """Let new field and audit keys run and make the index key to come, unless a change is under way."""
    if replaced_keys() or index_is_changing():
        return False
    if not DataKey.objects.filter(purpose=Purpose.STABLE).exists():
        keyring.make_key(Purpose.STABLE, keyring.running_key(Purpose.INDEX)[1])
    for purpose in (Purpose.FIELDS, Purpose.AUDIT):
        DataKey.objects.filter(purpose=purpose, retired_at__isnull=True).update(retired_at=now)
        keyring.make_key(purpose)
    keyring.make_key(Purpose.NEXT)
    keyring.forget()
    return True


def let_index_take_over(now: datetime) -> bool:
    """Let the index key to come be the running one."""
    if not index_is_changing():
        return False
    DataKey.objects.filter(purpose=Purpose.INDEX, retired_at__isnull=True).update(retired_at=now)
    DataKey.objects.filter(purpose=Purpose.NEXT).update(purpose=Purpose.INDEX)
    keyring.forget()
    return True


def index_is_changing() -> bool:
    """Return whether an index key waits to take over."""
    return DataKey.objects.filter(purpose=Purpose.NEXT).exists()


def running_since() -> datetime:
    """Return when the running field key was made."""
    return DataKey.objects.get(purpose=Purpose.FIELDS, retired_at__isnull=True).created_at


def replaced_keys() -> list[UUID]:
    """Return the keys that have been replaced and are to be destroyed."""
    rows = DataKey.objects.filter(purpose__in=DESTROYED, retired_at__isnull=False)
    return list(rows.values_list("pk", flat=True))


def replaced_after(moment: datetime) -> bool:
    """Return whether a key was replaced after a moment."""
    return DataKey.objects.filter(purpose__in=DESTROYED, retired_at__gt=moment).exists()


def destroy(keys: Sequence[UUID]) -> None:
    """Forget keys for ever."""
    DataKey.objects.filter(pk__in=keys, purpose__in=DESTROYED, retired_at__isnull=False).delete()
    keyring.forget()


def wrap_for(new: bytes) -> int:
    """Wrap every key of the running municipality under the coming master key too."""
    rows = list(DataKey.objects.all())
    for row in rows:
        row.wrapped_next = keyring.wrap(keyring.unwrap(row), row.purpose, new)
    DataKey.objects.bulk_update(rows, ["wrapped_next"])
    return len(rows)


def finish_wrapping() -> int:
    """Keep the wrapping of our master key alone. Raises `Refused` ("not_wrapped") when a key has none."""
    rows = list(DataKey.objects.all())
    for row in rows:
        try:
            row.wrapped = keyring.wrap(keyring.unwrap(row), row.purpose)
        except InvalidTag:
            raise Refused("not_wrapped") from None
        row.wrapped_next = None
    DataKey.objects.bulk_update(rows, ["wrapped", "wrapped_next"])
    return len(rows)


def wrap_installation_for(new: bytes) -> int:
    """Seal second factors with a key of their own, wrapped under both master keys; return how many."""
    installation.make_key()
    row = InstallationKey.objects.get(pk=installation.PURPOSE)
    row.wrapped_next = installation.wrap(installation.unwrap(row), new)
    row.save(update_fields=["wrapped_next"])
    changed = 0
    for factor in apps.get_model("mfa", "Authenticator").objects.order_by("pk"):
        old = {name: factor.data[name] for name in SECRETS if name in factor.data}
        due = {name: text for name, text in old.items() if not str(text).startswith(installation.MARK)}
        if due:
            factor.data |= {name: installation.seal(installation.unseal(text)) for name, text in due.items()}
            factor.save(update_fields=["data"])
            changed += 1
    return changed


def finish_installation() -> None:
    """Leave the old master key behind."""
    for row in InstallationKey.objects.all():
        row.wrapped = installation.wrap(installation.unwrap(row), settings.LYGTE_MASTER_KEY)
        row.wrapped_next = None
        row.save(update_fields=["wrapped", "wrapped_next"])
