#!/usr/bin/env bash
# The whole suite on SQLite, then what asks the database something on PostgreSQL.
# usage: scripts/test.sh [pytest options]
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d -t lygte-pg.XXXXXX)
trap 'scripts/postgres.sh stop "$folder"' EXIT
trap 'exit 130' INT TERM

on() {
    local database=$1
    shift
    echo "· Tests on $database"
    LYGTE_TEST_DATABASE=$database .venv/bin/python -m pytest -q -n "${LYGTE_TEST_WORKERS:-2}" --dist loadgroup "$@"
}

on sqlite "$@"

LYGTE_TEST_POSTGRESQL=$(scripts/postgres.sh start "$folder")
export LYGTE_TEST_POSTGRESQL
# The rules need no database and pages look the same on either: here the rooms that ask the database something,
# and of the browser's tests the journey, the keyboard and the live board.
on postgresql tests/apps tests/adapters tests/interfaces \
    tests/e2e/test_journey.py tests/e2e/test_keyboard.py tests/e2e/test_board.py "$@"
