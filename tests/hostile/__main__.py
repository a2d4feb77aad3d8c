"""``python -m tests.hostile SOURCE.ipynb RELEASE.ipynb``: the corpus against a notebook of yours, as a table."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

from autograder import intake
from tests.hostile import corpus
from tests.hostile.lesson import Lesson, shortened
from tests.hostile.scene import Scene
from tests.hostile.trial import CELL_SECONDS, Trial, grader


def main() -> int:
    """0 if every case came out as it should, 1 if any is wrong, 2 if the notebooks cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument(
        "source", type=Path, nargs="?", help="the instructor's notebook, with solutions and hidden tests"
    )
    parser.add_argument("release", type=Path, nargs="?", help="the notebook as it is handed out")
    parser.add_argument("--case", action="append", metavar="NAME", help="only this case (may be given again)")
    parser.add_argument("--kind", choices=sorted(corpus.count()), help="only cases of this kind")
    parser.add_argument("--exercise", default="", metavar="GRADE_ID", help="the solution cell that is attacked")
    parser.add_argument(
        "--short", action="store_true", help="keep two exercises of the notebook only: a long one takes long"
    )
    parser.add_argument("--list", action="store_true", help="say what the cases are, and run none")
    parser.add_argument(
        "--stock", action="store_true", help="grade in a stock Jupyter kernel: shows which attacks have teeth"
    )
    parser.add_argument("--seconds", type=float, default=CELL_SECONDS, help="limit for one cell (%(default)s)")
    given = parser.parse_args()
    unknown = set(given.case or ()) - {case.name for case in corpus.CASES}
    if unknown:
        parser.error(f"no case of the name {', '.join(sorted(unknown))}; --list shows them")
    cases = [
        case for case in corpus.CASES if case.name in (given.case or [case.name]) and given.kind in (None, case.kind)
    ]
    if given.list:
        for case in cases:
            print(f"{case.name:26} {case.kind:8} {case.why}")
        print(f"{len(cases)} cases: " + ", ".join(f"{n} {kind}" for kind, n in sorted(corpus.count().items())))
        return 0
    if given.source is None or given.release is None:
        parser.error("name the instructor's notebook and the released one")
    source, release = given.source.resolve(), given.release.resolve()
    root = Path(tempfile.mkdtemp(prefix="hostile-"))
    wrong = 0
    try:
        if given.short:
            books = shortened(Lesson.read(source, release, attacked=given.exercise))
            source, release = root / "source.ipynb", root / "release.ipynb"
            for path, book in zip((source, release), books, strict=True):
                path.write_text(json.dumps(book), encoding="utf-8")
        with Scene(root, source, release, given.exercise) as scene, grader(given.stock, given.seconds) as grade_one:
            trial = Trial(scene, grade_one)
            judges = ", ".join(f"{name} ({trial.trust.get(name, '')})" for name in trial.lesson.victim.tests)
            print(f"attacked: {trial.lesson.target}, judged by {judges}\nsandbox: {trial.sandbox or 'none'}")
            if trial.cheap:
                print(f"passed by worthless work, so not asked of attacks: {', '.join(sorted(trial.cheap))}")
            for case in cases:
                verdict = trial.run(case)
                wrong += bool(verdict.problems)
                word = "skipped" if verdict.skipped else "WRONG" if verdict.problems else "ok"
                print(
                    f"{case.name:26} {verdict.expected:20} {verdict.got:26} {word:8}{verdict.seconds:6.1f} s",
                    flush=True,
                )
                for problem in [*verdict.problems, *([verdict.skipped] if verdict.skipped else [])]:
                    print(f"    {problem}", flush=True)
    except (ValueError, OSError, AssertionError, intake.Unreadable) as error:
        print(f"{source.name} cannot be used: {error}", file=sys.stderr)
        return 2
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(root)
    print(f"{len(cases)} cases, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
