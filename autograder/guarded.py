"""What nbgrader copies of a submission, and when it says it was handed in: regular files only, and nothing that stops it."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from stat import S_ISREG
from typing import Any

from nbgrader.coursedir import CourseDirectory

#: A file that holds a moment holds no more than this.
STAMP_BYTES = 200


class GuardedCourse(CourseDirectory):  # type: ignore[misc]
    """The course's folders for one command, which takes from a learner's folder only regular files of its own."""

    def get_existing_timestamp(self, dest_path: str) -> Any:
        """None where the file is no moment: handed in without one."""
        try:
            stamp = os.lstat(Path(dest_path) / "timestamp.txt")
            if S_ISREG(stamp.st_mode) and stamp.st_size <= STAMP_BYTES:
                return super().get_existing_timestamp(dest_path)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, AttributeError, OverflowError):  # nbgrader calls a method that it does not have
            pass
        self.log.warning("%s/timestamp.txt is no moment; it counts as not there", dest_path)
        return None


def guard(converter: Any, only: frozenset[str] = frozenset()) -> None:
    """Let a converter copy no links, devices and oversized files of a submission; of the others ``only`` these, if any are named."""
    given, earlier = converter.coursedir, converter.pre_convert_hook
    mine = GuardedCourse(parent=given.parent, **{name: getattr(given, name) for name in given.trait_names(config=True)})
    converter.coursedir = mine

    def before(**about: Any) -> None:
        mine.ignore = [*given.ignore, "*"]  # nbgrader goes on where this fails: then nothing is copied
        mine.ignore = [*given.ignore, *_unfit(Path(converter.notebooks[0]).parent, mine.max_file_size * 1000, only)]
        if earlier is not None:
            earlier(**about)

    converter.pre_convert_hook = before


def _unfit(folder: Path, most_bytes: int, only: frozenset[str]) -> list[str]:
    """The files in a submission that are not to be copied, as patterns that match just them."""
    unfit = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            about = os.lstat(path)
            if not S_ISREG(about.st_mode) or about.st_size > most_bytes or (only and name not in only):
                unfit.append(glob.escape(path))
    return unfit
