#!/usr/bin/env bash
# The whole suite on SQLite, then all that touches a database on PostgreSQL.
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
rooms=()
for room in tests/apps tests/interfaces tests/adapters tests/e2e; do
    [ -d "$room" ] && rooms+=("$room")
done
on postgresql "${rooms[@]}" "$@"
