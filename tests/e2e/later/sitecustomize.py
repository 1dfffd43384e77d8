"""Loaded by Python at its start, when this folder is on the path: the process lives some days from now."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(days=float(os.environ["LYGTE_TEST_DAYS_LATER"]))).start()
