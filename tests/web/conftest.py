"""Chromium once for each file of tests, an office for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.web.browser import CHROMIUM, FLAGS
from tests.web.office import Office


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture
def office(tmp_path: Path, browser: Browser) -> Iterator[Office]:
    found = Office(tmp_path, browser)
    yield found
    found.close()
