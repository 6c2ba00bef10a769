"""The JSON API: what a system does that pushes workbooks and fetches documents; any request gets a proper answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

from tests.web.desk import Desk, open_desk, real_workbook, wrong_workbook

API = "/api/v1/departments"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_desk(tmp_path_factory.mktemp("api")) as found:
        yield found


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Desk]:
    with open_desk(tmp_path, accounts=True) as found:
        yield found


def finished(desk: Desk, job: dict[str, Any]) -> dict[str, Any]:
    end = time.monotonic() + 300
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < end
        time.sleep(0.05)
        job = desk.get(f"/api/v1/jobs/{job['id']}").json()
    return job


def test_a_system_pushes_a_workbook_and_fetches_the_document(desk: Desk) -> None:
    made = desk.client.post(API, json={"name": "接口某局", "year": 2024, "pack": "liaoning"})
    assert made.status_code == 201 and made.json()["state"] == "未报"
    number = desk.department()  # the real one
    wrong = finished(desk, desk.client.put(f"{API}/{number}/workbook?filename=a.xlsx", content=wrong_workbook()).json())
    assert wrong["state"] == "done" and wrong["result"]["errors"] > 0
    found = desk.get(f"{API}/{number}/findings").json()
    assert not found["publishable"] and any("公开01表!C6" in f["cells"] for f in found["findings"])
    held = desk.get(f"{API}/{number}").json()["workbook"]
    stale = desk.client.put(f"{API}/{number}/workbook", content=real_workbook(), headers={"if-match": '"0"'})
    assert stale.status_code == 409
    right = finished(
        desk, desk.client.put(f"{API}/{number}/workbook", content=real_workbook(), headers={"if-match": held}).json()
    )
    assert right["result"]["errors"] == 0
    refused = finished(desk, desk.client.put(f"{API}/{number}/workbook", content=b"no").json())
    assert refused["state"] == "refused" and "里面没有表格" in refused["result"]["refused"][0]["message"]
    assert finished(desk, desk.client.post(f"{API}/{number}/builds").json())["state"] == "done"
    names = {d["name"].rsplit(".", 1)[1] for d in desk.get(f"{API}/{number}/documents").json() if not d["draft"]}
    assert names == {"docx", "pdf", "xlsx", "html", "txt", "json"}
    assert desk.get(f"{API}/{number}/documents/pdf").content.startswith(b"%PDF")
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", desk.client.app)[
        f"{API}/{{number}}/documents/{{form}}"
    ]["GET"]
    for form in names:
        case = schema.Case(path_parameters={"number": number, "form": form})
        case.validate_response(case.call(), checks=[content_type_conformance, status_code_conformance])
    assert desk.get(f"{API}/{number}/workbook").content == real_workbook()


def test_any_request_gets_a_proper_answer(guarded: Desk) -> None:
    """Each call of the API, valid and not; seeded.  ``make proof`` runs many more over the wire."""
    guarded.bench.accounts.add("system", "a long password 1", ("填报", "管理"))
    token = guarded.bench.accounts.new_token(1, "推送", "root")
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", guarded.client.app)
    called = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        called.add(operation.label)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def run(case: schemathesis.Case) -> None:
                case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

            try:
                run()
            except Unsatisfiable:
                assert mode is GenerationMode.NEGATIVE  # nothing in this call can be wrong
    assert len(called) == 13
