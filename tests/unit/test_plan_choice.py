"""Which plans there are beside one another, and that a name is never a path."""

from __future__ import annotations

from pathlib import Path

import pytest

from curriculum.plan import DEFAULT
from curriculum.plan_choice import NoSuchPlan, PlanChoice, plan_file, plans


def test_the_course_has_its_plan() -> None:
    assert PlanChoice("stateless-mind", "Stateless Mind") in plans(DEFAULT.parent)
    assert plan_file(DEFAULT.parent, "stateless-mind") == DEFAULT


def test_plans_are_listed_by_name_and_other_files_are_none(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text('[plan]\ntitle = "B"\n')
    (tmp_path / "a.toml").write_text('[plan]\ntitle = "A"\nhours = \n')  # a mistake in it: listed, so that it is told
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "no plan"\n')
    (tmp_path / "Upper.toml").write_text('[plan]\ntitle = "no name that an address may have"\n')
    (tmp_path / "notes.txt").write_text("")
    assert plans(tmp_path) == [PlanChoice("a", "A"), PlanChoice("b", "B")]
    (tmp_path / "b.toml").write_text('[plan]\ntitle = "B, anew"\n')
    assert plans(tmp_path)[1].title == "B, anew"


@pytest.mark.parametrize("name", ["", "c", "../b", "b.toml", "/b", "b/../b", "B", "sub/b", "b\x00", "x" * 200])
def test_what_is_no_name_of_a_plan_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "b.toml").write_text('[plan]\ntitle = "B"\n')
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.toml").write_text('[plan]\ntitle = "B"\n')
    with pytest.raises(NoSuchPlan, match=r"There are: b\.") as refused:
        plan_file(tmp_path, name)
    assert len(str(refused.value)) < 150


def test_no_plans_at_all(tmp_path: Path) -> None:
    with pytest.raises(NoSuchPlan, match="none"):
        plan_file(tmp_path / "no-such-folder", "b")
