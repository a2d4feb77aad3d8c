"""The registry says of each data set what is so."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

import networkx as nx
import pytest

from curriculum.lab import library, market, neardups, ratings
from curriculum.plan import load_plan

FOLDER = Path(__file__).resolve().parents[2] / "datasets"
REGISTRY = tomllib.loads((FOLDER / "registry.toml").read_text(encoding="utf-8"))


def _karate_club() -> list[str]:
    edges = nx.karate_club_graph().edges(data="weight")
    return [f"{a},{b},{weight}\n" for a, b, weight in sorted((min(a, b), max(a, b), w) for a, b, w in edges)]


def _library() -> list[str]:
    lib = library.generate(seed=REGISTRY["library"]["seed"], documents=1200)
    judged = (
        (query, document, grade) for query, grades in lib.judgements.items() for document, grade in grades.items()
    )
    return [json.dumps(row) + "\n" for row in (*lib.texts.items(), *lib.queries.items(), *judged, *lib.links)]


def _market_baskets() -> list[str]:
    return [json.dumps(basket) + "\n" for basket in market.generate(seed=REGISTRY["market-baskets"]["seed"]).baskets]


def _near_duplicates() -> list[str]:
    docs = neardups.generate(seed=REGISTRY["near-duplicates"]["seed"])
    pairs = ((*pair, str(similarity)) for pair, similarity in docs.pairs.items())
    return [json.dumps(row) + "\n" for row in (*docs.texts.items(), *pairs)]


def _ratings() -> list[str]:
    made = ratings.generate(seed=REGISTRY["ratings"]["seed"])
    columns = (made.users, made.items, made.values, made.times)
    return [json.dumps(row) + "\n" for row in zip(*(column.tolist() for column in columns), strict=True)]


def _pydoc_topics() -> list[str]:
    return [f"{name}\n" for name in sorted(library.pydoc_topics())]  # the texts are each version's own


ROWS = {
    "karate-club": _karate_club,
    "library": _library,
    "market-baskets": _market_baskets,
    "near-duplicates": _near_duplicates,
    "pydoc-topics": _pydoc_topics,
    "ratings": _ratings,
}


@pytest.mark.parametrize("name", REGISTRY)
def test_rows_and_hash_are_those_of_the_data(name: str) -> None:
    rows = ROWS[name]()
    assert len(rows) == REGISTRY[name]["rows"]
    assert hashlib.sha256("".join(rows).encode()).hexdigest() == REGISTRY[name]["sha256"]


@pytest.mark.parametrize("name", REGISTRY)
def test_an_entry_has_a_card_a_licence_a_source_and_days_that_use_it(name: str) -> None:
    entry = REGISTRY[name]
    assert (FOLDER / entry["card"]).read_text(encoding="utf-8").startswith(f"# {entry['title']}")
    assert entry["licence"]
    assert entry["source"]
    written = {day.id for day in load_plan().days if day.lesson}
    assert set(entry["used_by"]) <= written
