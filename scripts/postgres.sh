#!/usr/bin/env bash
# A private PostgreSQL for tests: its own folder, a unix socket, no network port, gone afterwards.
# usage: scripts/postgres.sh start FOLDER   prints the database URL
#        scripts/postgres.sh again FOLDER   starts a server anew that was killed
#        scripts/postgres.sh stop FOLDER
# FOLDER is an empty or new folder; a short path, since the socket lies in it.
# LYGTE_POSTGRES_DURABLE=1 writes every commit through to the disk, as a service does.
set -euo pipefail

action=${1:-}
folder=${2:-}
[ -n "$folder" ] || { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }

# The newest server that Debian installed, else what the path holds.
bin=$(find /usr/lib/postgresql/*/bin -maxdepth 0 2>/dev/null | sort -V | tail -1)
[ -n "$bin" ] || bin=$(dirname "$(command -v pg_ctl || echo /nowhere/pg_ctl)")
[ -x "$bin/pg_ctl" ] || { echo "PostgreSQL's server programs were not found." >&2; exit 1; }

# PostgreSQL refuses to run as root: then an ordinary account runs it.
account=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    account=nobody
    id -u postgres >/dev/null 2>&1 && account=postgres
fi
ordinary() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && runuser -u "$account" -- env LC_ALL=C "$@")
    else
        env LC_ALL=C "$@"
    fi
}

# Durability is not what the tests of this suite ask about; speed is.
hurried='-c fsync=off -c synchronous_commit=off -c full_page_writes=off'
[ "${LYGTE_POSTGRES_DURABLE:-0}" = 0 ] || hurried='-c fsync=on -c synchronous_commit=on -c full_page_writes=on'

run() {
    ordinary "$bin/pg_ctl" start --pgdata="$folder/data" --wait --silent --log="$folder/data/server.log" \
        --options="-c listen_addresses='' -c unix_socket_directories='$folder' -c unix_socket_permissions=0777 \
$hurried -c max_connections=100 -c timezone=UTC" \
        >"$folder/start.log" 2>&1 || { cat "$folder/start.log" "$folder/data/server.log" >&2; exit 1; }
}

start() {
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd -P)
    chmod 711 "$folder"
    [ "$(id -u)" -ne 0 ] || chown "$account" "$folder"
    ordinary "$bin/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 \
        --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }
    run
    # The owner of the tables, without power over row level security, and a role that owns nothing.
    ordinary "$bin/psql" --host="$folder" --username=postgres --dbname=postgres --quiet --no-psqlrc --set=ON_ERROR_STOP=1 \
        --command='CREATE ROLE lygte LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS' \
        --command='CREATE DATABASE lygte OWNER lygte' \
        --command='CREATE ROLE lygte_app NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS' \
        --command='GRANT lygte_app TO lygte' >&2
    echo "postgresql:///lygte?host=$folder&user=lygte"
}

stop() {
    if [ -e "$folder/data/postmaster.pid" ]; then
        ordinary "$bin/pg_ctl" stop --pgdata="$folder/data" --mode=immediate --wait --silent >/dev/null 2>&1 || true
    fi
    rm -rf "$folder"
}

case $action in
    start) start ;;
    again) run ;;
    stop) stop ;;
    *) sed -n '2,7s/^# //p' "$0" >&2; exit 2 ;;
esac
