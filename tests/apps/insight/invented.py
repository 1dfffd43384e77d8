"""The small invented municipalities, made once for a module of tests and taken away after it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction

from lygte.apps.insight.synth.make import Made, make

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)  # a Friday, 19.00 in Denmark
SEED = 1


@pytest.fixture(scope="module")
def invented(django_db_setup: None, django_db_blocker: Any) -> Iterator[Made]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield make(size="small", seed=SEED, now=NOW)
        transaction.set_rollback(True)
