"""What monitors and load balancers are told, and what they are not."""

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, override_settings
from django.urls import reverse

from lygte.apps.core.meters import Meters, rendered, series, sums
from lygte.interfaces.web import health
from tests.world import World


@pytest.fixture(autouse=True)
def _asked_afresh() -> None:
    health._migrated.clear()


@pytest.mark.django_db
def test_a_host_that_can_work_is_ready_and_one_that_is_drained_is_not(tmp_path: Path) -> None:
    mark = tmp_path / "draining"
    with override_settings(LYGTE_DRAIN_FILE=str(mark)):
        assert Client().get("/sundhed/klar").json() == {"ready": True, "reasons": []}
        mark.touch()
        answer = Client().get("/sundhed/klar")
        assert (answer.status_code, answer.json()["reasons"]) == (503, ["draining"])
        assert Client().get("/sundhed").status_code == 200


@pytest.mark.django_db
def test_a_host_without_a_database_lives_and_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*arguments: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(health.connection, "cursor", away)
    assert Client().get("/sundhed/lever").status_code == 200
    answer = Client().get("/sundhed/klar")
    assert (answer.status_code, answer.json()["reasons"]) == (503, ["database_unreachable"])


@pytest.mark.django_db
def test_tables_that_are_behind_make_a_host_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *arguments: [("a", False)])
    assert health.not_ready() == ["migrations_pending"]


def test_figures_are_told_to_this_machine_and_not_through_a_proxy(world: World) -> None:
    assert Client().get("/metrics").status_code == 200
    assert Client().get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 404
    assert Client().get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 404


def test_with_a_token_nobody_reads_the_figures_without_it(world: World) -> None:
    with override_settings(LYGTE_METRICS_TOKEN="kode"):
        assert Client().get("/metrics").status_code == 404
        assert Client().get("/metrics", headers={"Authorization": "Bearer kod"}).status_code == 404
        answer = Client().get("/metrics", REMOTE_ADDR="192.0.2.7", headers={"Authorization": "Bearer kode"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")


def test_figures_name_routes_and_never_what_stands_in_an_address(world: World, tmp_path: Path) -> None:
    client = world.here.client()
    slug = world.here.service.slug
    client.get(reverse("staff:board", args=[slug]))
    Client().get("/k/Zm9yLWVrc2VtcGVs/")
    text = Client().get("/metrics").content.decode()
    assert text.endswith("# EOF\n")
    assert "lygte_requests_total{" in text
    assert "lygte_duty_age_seconds" in text or 'lygte_alerts{alert="duty_stalled"' in text
    assert slug not in text
    assert "Zm9yLWVrc2VtcGVs" not in text
    assert str(world.here.municipality.pk) not in text


def test_every_answer_has_a_number_and_a_line_names_route_and_role(world: World, caplog: Any) -> None:
    with override_settings(LYGTE_LOG_REQUESTS=True), caplog.at_level("INFO", logger="lygte.requests"):
        answer = world.here.client().get(reverse("staff:board", args=[world.here.service.slug]))
    (record,) = [one for one in caplog.records if one.name == "lygte.requests"]
    assert record.request_id == answer.headers["X-Request-ID"]
    assert record.role == "worker"
    assert record.status == answer.status_code == 200
    assert world.here.service.slug not in record.getMessage()


def test_the_counters_of_all_processes_are_added_and_those_that_ended_are_kept(tmp_path: Path) -> None:
    own = Meters(tmp_path)
    own.add(series("lygte_requests_total", route="/"), 2)
    own.put("lygte_event_streams", 3)
    own.write()
    (tmp_path / "999999999.json").write_text(
        '{"lygte_requests_total{route=\\"/\\"}": 5, "lygte_event_streams": 9}'
    )
    for _ in range(2):
        found = sums(tmp_path)
        assert found['lygte_requests_total{route="/"}'] == 7
        assert found["lygte_event_streams"] == 3
    assert not (tmp_path / "999999999.json").exists()


def test_a_histogram_is_written_as_openmetrics_asks(tmp_path: Path) -> None:
    own = Meters(tmp_path)
    own.observe("lygte_request_seconds", 0.02, route="/")
    own.write()
    text = rendered(sums(tmp_path), {"lygte_request_seconds": ("histogram", "Time.")})
    lines = text.splitlines()
    assert lines[:2] == ["# TYPE lygte_request_seconds histogram", "# HELP lygte_request_seconds Time."]
    assert 'lygte_request_seconds_bucket{route="/",le="0.01"} 1' not in lines
    assert 'lygte_request_seconds_bucket{route="/",le="0.025"} 1' in lines
    assert 'lygte_request_seconds_bucket{route="/",le="+Inf"} 1' in lines
    assert 'lygte_request_seconds_count{route="/"} 1' in lines
