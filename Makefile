# `make` alone lists the targets.
.DEFAULT_GOAL := help
.PHONY: help run test test-fast check lock audit messages bench drill-edits drill-kills drill-restore drill-tampering drill-upgrade drill-hosts clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 16

run: ## make ready whatever is missing, then run Lygte with an invented municipality
	@scripts/bootstrap.sh web
	@.venv/bin/lygte serve --demo

test: ## make ready whatever is missing, then the whole suite on SQLite and on PostgreSQL
	@scripts/bootstrap.sh dev
	@scripts/test.sh

test-fast: ## the suite on SQLite without the browser
	@scripts/bootstrap.sh dev
	@LYGTE_TEST_DATABASE=sqlite .venv/bin/python -m pytest -q -n 2 -m "not e2e"

check: ## lint, types, architecture, templates, lock files, texts, migrations
	@scripts/bootstrap.sh dev
	@scripts/check.sh

lock: ## renew the lock files (releases wait a week; LYGTE_LOCK_DATE=2026-11-15 sets the day)
	@scripts/bootstrap.sh dev
	@scripts/lock.sh

audit: ## ask the package index for advisories on every locked package (needs the internet)
	@scripts/bootstrap.sh dev
	@.venv/bin/pip-audit --strict --no-deps --disable-pip --requirement requirements/dev.lock

messages: ## collect the texts into the catalogue and compile it
	@scripts/bootstrap.sh dev
	@scripts/messages.sh

bench: ## measure the pages on the demo data of the largest invented service
	@scripts/bootstrap.sh dev
	@.venv/bin/python bench/run.py

drill-tampering: ## tamper with the audit trail 100,000 times on each database; all must be found
	@scripts/bootstrap.sh dev
	@.venv/bin/python -m drills.tampering --database sqlite
	@.venv/bin/python -m drills.tampering --database postgresql

drill-edits: ## edit 10,000 times from several browsers over a bad network, on each database; nothing may be lost or doubled
	@scripts/bootstrap.sh dev
	@.venv/bin/python -m drills.edits --database sqlite
	@.venv/bin/python -m drills.edits --database postgresql

drill-kills: ## kill processes 1,000 times on each database while people write; nothing saved may be lost
	@scripts/bootstrap.sh dev
	@.venv/bin/python -m drills.kills --database sqlite
	@.venv/bin/python -m drills.kills --database postgresql

drill-restore: ## take a copy while people write, bring it back in the other kind of database, compare every export
	@scripts/bootstrap.sh dev
	@.venv/bin/python -m drills.restore --database sqlite --into postgresql
	@.venv/bin/python -m drills.restore --database postgresql --into sqlite
drill-upgrade: ## upgrade from the first release and go back, on each database, while people write
	@scripts/bootstrap.sh dev
	@.venv/bin/python -m drills.upgrade --database sqlite
	@.venv/bin/python -m drills.upgrade --database postgresql

drill-hosts: ## two web hosts, a pooler and a replica: kill a host, then the replica (needs Debian's pgbouncer)
	@scripts/bootstrap.sh dev
	@.venv/bin/python -m drills.hosts

clean: ## remove what can be made again (var/, with the data of `make run`, stays)
	@rm -rf .venv .mypy_cache .ruff_cache .hypothesis .pytest_cache .import_linter_cache build dist
	@find src tests \( -name __pycache__ -o -name '*.mo' \) -prune -exec rm -rf {} +
