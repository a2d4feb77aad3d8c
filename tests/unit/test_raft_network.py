"""The network of the lesson on consensus: the same for the same seed, durable what is durable, and checkers that see."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from matplotlib import pyplot as plt

from curriculum.lab import raft_network as raft
from curriculum.lab.raft_network import CHECKERS, Network, fresh
from curriculum.lesson import read_lesson

LESSON = Path(__file__).resolve().parent.parent.parent / "curriculum/lessons/1.1.3/d03_consensus.py"


@pytest.fixture(scope="module")
def rules() -> dict[str, Callable[..., Any]]:
    """Raft, as the lesson solves it."""
    solved: dict[str, Any] = {}
    for exercise in read_lesson(LESSON).exercises:
        if exercise.name in ("e2", "e3"):
            exec(exercise.solution, solved)
    names = ("start_election", "answer_vote", "count_vote", "append_entries", "count_append")
    return dict(zip(("timeout", "request_vote", "vote", "append", "appended"), (solved[n] for n in names), strict=True))


def echo(node: dict, message: dict) -> tuple[dict, list]:
    return node | {"log": [*node["log"], (1, message["text"])]}, []


def shout(node: dict, text: str) -> tuple[dict, list]:
    return node, [{"kind": "echo", "from": node["id"], "to": 1 - node["id"], "text": f"{text}{k}"} for k in range(20)]


def heard(**weather: Any) -> list[str]:
    network = Network(2, {"echo": echo, "command": shout, "timeout": lambda node: (node, [])}, seed=3)
    vars(network).update(weather)
    network.command(0, "m")
    network.run(10)
    return [text for _, text in network.nodes[1]["log"]]


def test_a_calm_network_delivers_everything_once_and_in_order() -> None:
    assert heard() == [f"m{k}" for k in range(20)]


def test_a_bad_one_loses_doubles_and_reorders() -> None:
    assert len(heard(loss=0.5)) < 20
    assert len(heard(duplication=0.5)) > 20
    late = heard(slowest=5)
    assert late != sorted(late, key=heard().index)
    assert set(late) == set(heard())


def test_sides_of_a_partition_do_not_reach_each_other_until_it_heals() -> None:
    network = Network(2, {"echo": echo, "command": shout, "timeout": lambda node: (node, [])})
    network.partition([0], [1])
    network.command(0, "a")
    network.run(3)
    assert network.nodes[1]["log"] == []
    assert sum(moment["event"] == "lost" for moment in network.history) == 20
    network.heal()
    network.command(0, "b")
    network.run(3)
    assert len(network.nodes[1]["log"]) == 20


def test_a_crash_leaves_what_is_durable() -> None:
    network = Network(3, {"timeout": lambda node: (node, [])})
    network.nodes[1] = fresh(1, 3, term=4, voted_for=2, log=[(1, "a")], role="leader", commit=1, votes={1, 2}, other=7)
    network.crash(1)
    network.run(1)
    assert network.rows[-1][1] is None
    network.restart(1)
    assert network.nodes[1] == fresh(1, 3, term=4, voted_for=2, log=[(1, "a")])


def test_a_handler_gets_copies_and_only_what_it_returns_counts() -> None:
    def vandal(node: dict) -> tuple[dict, list]:
        node["log"].append((9, "x"))
        return fresh(node["id"], node["size"], log=[(1, "kept")]), []

    network = Network(2, {"timeout": vandal})
    before = network.nodes[0]["log"]
    network.run(24)
    assert before == []
    assert network.nodes[0]["log"] == [(1, "kept")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "should be"),
        (({}, []), "without commit, id"),
        ((fresh(1, 2), []), "speak for another"),
        ((fresh(0, 2), [{"kind": "vote", "from": 1, "to": 0}]), "speak for another"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(answer: object, words: str) -> None:
    network = Network(2, {"timeout": lambda node: answer})
    with pytest.raises(ValueError, match=words):
        network._step("timeout", 0)


def test_the_same_seed_is_the_same_history(rules: dict) -> None:
    def history(seed: int) -> list[dict]:
        network = Network(5, rules, seed=seed)
        network.storm(100)
        return network.history

    assert history(1) == history(1)
    assert history(1) != history(2)


@pytest.mark.parametrize("seed", range(10))
def test_raft_keeps_all_five_properties_and_ends_in_one_log(rules: dict, seed: int) -> None:
    network = Network(5, rules, seed=seed)
    network.storm(150)
    network.calm(200)
    for leader in network.leaders():
        network.command(leader)  # entries of old terms are committed through one of this term
    network.run(40)
    assert {event["event"] for event in network.history} >= {"crash", "restart", "lost", "timeout", "appended"}
    assert [checker(network.history) for checker in CHECKERS] == [[]] * 5
    assert len({(tuple(node["log"]), node["commit"]) for node in network.nodes}) == 1


def history(*nodes: dict) -> list[dict]:
    ticks = count(1)
    return [{"tick": next(ticks), "event": "x", "server": n["id"], "message": None, "node": n} for n in nodes]


def test_each_checker_sees_what_it_is_there_for_and_nothing_else() -> None:
    a, b, c = (1, "a"), (1, "b"), (2, "c")
    leader = {"role": "leader", "term": 2}
    broken = {
        "election_safety": history(fresh(0, 3, **leader), fresh(1, 3, **leader)),
        "leader_append_only": history(fresh(0, 3, **leader, log=[a, c]), fresh(0, 3, **leader, log=[a])),
        "log_matching": history(fresh(0, 3, log=[a, c]), fresh(1, 3, log=[b, c])),
        "leader_completeness": history(fresh(0, 3, term=1, log=[a], commit=1), fresh(1, 3, **leader)),
        "state_machine_safety": history(fresh(0, 3, term=2, log=[a], commit=1), fresh(1, 3, term=2, log=[c], commit=1)),
    }
    for name, moments in broken.items():
        assert {checker.__name__ for checker in CHECKERS if checker(moments)} == {name}
    assert raft.state_machine_safety(history(fresh(0, 3, commit=1)))


def test_leader_completeness_does_not_mind_the_order_in_which_it_is_seen() -> None:
    late = history(fresh(1, 3, role="leader", term=2), fresh(0, 3, term=1, log=[(1, "a")], commit=1))
    assert raft.leader_completeness(late)


def test_the_run_that_the_lesson_shows_is_one(rules: dict) -> None:
    """The lesson shows a recorded run, since its solutions are not there for a learner to run."""
    network = Network(5, rules, seed=0)
    network.run(30)
    network.command(2, "seat 14: Ada")
    network.run(10)
    network.partition([1, 2], [0, 3, 4])
    network.run(30)
    network.heal()
    network.run(20)
    (shown,) = [
        ast.literal_eval(statement.value)
        for cell in read_lesson(LESSON).cells
        if cell.kind == "demo" and "recorded = " in cell.source
        for statement in ast.parse(cell.source).body
        if isinstance(statement, ast.Assign)
    ]
    assert network.runs() == shown
    figure = raft.picture(shown, "title")
    assert [text.get_text() for text in figure.axes[0].texts] == ["1", "2"]
    plt.close(figure)
