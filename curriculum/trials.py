"""Every answer and mutant of a lesson against its tests, with a ledger of what is known already.

A verdict depends on set-up cell, candidate, tests and engine, so it is kept under the hash of those, in
``curriculum/lessons/<unit>/verdicts.json``, which is committed: what has not changed need not run again. So that the
ledger cannot drift from the truth unseen, a random sample of what it knows is tried again each time.
"""

from __future__ import annotations

import ast
import hashlib
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from filelock import FileLock

import autograder.answers
import autograder.mutants
import curriculum.lab
from autograder.answers import Trial, run_trials, warm_up
from autograder.mutants import mutants
from autograder.names import imported
from curriculum.lesson import Answers, Exercise, Lesson

#: For all of an exercise's test cells; generous, since a machine may be busy and what has been tried is kept.
SECONDS = 180.0
#: The same where each candidate starts Spark anew: a Java process that takes a core's whole work for a quarter of a minute.
SPARK_SECONDS = 540.0
#: Of what is known, so much is tried again, as far as it takes no longer than so many seconds by the ledger.
SAMPLE, SAMPLE_SECONDS = 0.05, 30.0
_FOLDERS = re.compile(r"(?<![\w./])/(?:[\w.+-]+/)+")


@dataclass(frozen=True)
class Candidate:
    """One candidate and how it fared. ``kind`` is solution, stub, right, wrong, mutant or equivalent."""

    lesson: str
    exercise: str
    kind: str
    why: str
    failed: dict[str, str]
    seconds: float


@dataclass(frozen=True)
class Tried:
    """All candidates of some lessons; ``ran`` of them now, the rest from the ledger."""

    candidates: tuple[Candidate, ...]
    ran: int

    def of(self, lesson: str, exercise: str) -> Iterator[Candidate]:
        return (c for c in self.candidates if (c.lesson, c.exercise) == (lesson, exercise))

    def kind(self, kind: str) -> list[Candidate]:
        return [c for c in self.candidates if c.kind == kind]

    def killed(self) -> tuple[int, int]:
        """Mutants that at least one test notices, of all that are not equivalent."""
        tried = self.kind("mutant")
        return sum(bool(c.failed) for c in tried), len(tried)


class LedgerError(Exception):
    """The ledger cannot be read, or says otherwise than a run does. The text says where, and what to do."""


def try_answers(
    lessons: Sequence[tuple[Lesson, Answers]],
    ledger: Path,
    everything: bool = False,
    seed: int | None = None,
    whole: bool = False,
    done: Callable[[int, int], Any] = lambda ran, of: None,
) -> Tried:
    """Try all candidates of the lessons; those the ledger knows only if ``everything``, or if the sample draws them.

    ``whole`` says that these are all the lessons of the ledger, so that what ``everything`` does not ask for is stale.
    ``done`` is told how many of how many have run. Raises LedgerError if the sample contradicts the ledger.
    """
    known = _load(ledger)
    asked = [
        item
        for lesson, answers in lessons
        for exercise in lesson.exercises
        for item in _candidates(lesson, exercise, answers)
    ]
    keys = [_key(trial) for *_, trial in asked]
    again = _sample(known, keys, random.Random(seed))
    running = [i for i, key in enumerate(keys) if everything or key not in known or key in again]
    warm_up(lesson.setup for lesson, _ in lessons)
    count = iter(range(1, len(running) + 1))
    seconds = max(_seconds(lesson) for lesson, _ in lessons)
    outcomes = run_trials([asked[i][-1] for i in running], seconds, done=lambda: done(next(count), len(running)))
    for i, outcome in zip(running, outcomes, strict=True):
        before = known.get(keys[i])
        if before and not everything and set(before["failed"]) != set(outcome.failed):
            lesson, exercise, kind, why, _ = asked[i]
            raise LedgerError(
                f"{lesson} {exercise}, {kind} '{why}': the ledger says it fails {sorted(before['failed'])}, this run says "
                f"{sorted(outcome.failed)}. A test depends on something that changes; find it, then run `mind dev check --all`"
            )
        if before and not everything:
            continue  # as it was known: a committed file must not change with the seconds of each check
        known[keys[i]] = {
            "failed": {n: _first_line(e) for n, e in outcome.failed.items()},
            "seconds": round(outcome.seconds, 1),
        }
    _save(ledger, known, keys, drop_stale=everything and whole)
    found = (Candidate(*asked[i][:4], known[key]["failed"], known[key]["seconds"]) for i, key in enumerate(keys))
    return Tried(tuple(found), len(running))


def _seconds(lesson: Lesson) -> float:
    return SPARK_SECONDS if "curriculum.lab.spark" in imported(ast.parse(lesson.setup)) else SECONDS


def _sample(known: Mapping[str, dict[str, Any]], keys: Iterable[str], draw: random.Random) -> set[str]:
    """Keys of verdicts that are tried again: in days on servers one takes many seconds."""
    drawn = [key for key in dict.fromkeys(keys) if key in known and draw.random() < SAMPLE]
    draw.shuffle(drawn)
    again, seconds = set(), 0.0
    for key in drawn:
        if seconds >= SAMPLE_SECONDS:
            break
        again.add(key)
        seconds += known[key]["seconds"]
    return again


def _candidates(lesson: Lesson, exercise: Exercise, answers: Answers) -> Iterator[tuple[str, str, str, str, Trial]]:
    tests = tuple((test.name, test.source) for test in exercise.tests)
    found = [("solution", "the solution", exercise.solution), ("stub", "the untouched stub", exercise.stub)]
    found += [
        ("right" if a.right else "wrong", a.why, a.source) for a in answers.answers if a.exercise == exercise.name
    ]
    for mutant in mutants(exercise.solution):
        reason = answers.equivalent.get((exercise.name, mutant.key))
        why = f"{mutant.key} line {mutant.line}, {mutant.kind}: {mutant.change}"
        found.append(("equivalent", f"{why} ({reason})", mutant.source) if reason else ("mutant", why, mutant.source))
    for kind, why, source in found:
        yield lesson.stem, exercise.name, kind, why, Trial(lesson.setup, source, tests)


def _key(trial: Trial) -> str:
    sources = [trial.setup, trial.candidate, *(source for _, source in trial.tests)]
    engine = _engine(frozenset().union(*(imported(ast.parse(source)) for source in sources)))
    parts = json.dumps([engine, trial.setup, trial.candidate, trial.tests])
    return hashlib.sha256(parts.encode()).hexdigest()[:24]


@cache
def _engine(imports: frozenset[str]) -> str:
    """Hash of the code that a verdict depends on beside the lesson: the trying, and what the cells import of ours."""
    there = _equipment()
    used, waiting = set[str](), set(imports)
    while waiting := {above for name in waiting for above in _upward(name)} & set(there) - used:
        used |= waiting
        waiting = {name for module in waiting for name in imported(ast.parse(there[module].read_text("utf-8")))}
    modules = [Path(autograder.answers.__file__), *(there[module] for module in sorted(used))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in modules)).hexdigest()


def _equipment() -> dict[str, Path]:
    """The modules of curriculum.lab, by name."""
    lab = Path(curriculum.lab.__file__).parent
    parts = {path: path.relative_to(lab).with_suffix("").parts for path in lab.rglob("*.py")}
    return {".".join(["curriculum", "lab", *parts[path]]).removesuffix(".__init__"): path for path in parts}


def _upward(name: str) -> list[str]:
    """A module and the packages it is in."""
    parts = name.split(".")
    return [".".join(parts[:end]) for end in range(1, len(parts) + 1)]


def _first_line(error: str) -> str:
    """The beginning of an error, without folders of the machine it was seen on: the ledger is committed."""
    return _FOLDERS.sub("…/", " ".join(error.split()))[:160]


def _save(ledger: Path, known: dict[str, dict[str, Any]], keys: Iterable[str], drop_stale: bool) -> None:
    """Add to the ledger what is known now (another check may have added to it meanwhile), or drop what is stale."""
    asked = set(keys)
    with FileLock(ledger.with_suffix(".lock")):
        there = _load(ledger)
        known = {**there, **known}
        kept = {key: value for key, value in sorted(known.items()) if not drop_stale or key in asked}
        if kept == there:
            return
        fresh = ledger.with_suffix(".new")
        fresh.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
        fresh.replace(ledger)


def _load(ledger: Path) -> dict[str, dict[str, Any]]:
    try:
        return json.loads(ledger.read_text(encoding="utf-8")) if ledger.exists() else {}
    except ValueError as error:
        raise LedgerError(f"{ledger} is damaged ({error}). Delete it, then run `mind dev check --all`") from error
