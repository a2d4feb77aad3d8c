"""Who learns, in which folder, and who teaches."""

from __future__ import annotations

from pathlib import Path

import pytest

from curriculum.learner import NameTaken, SettingsTrouble, folder_of, instructors, learner_id, own_folder


def test_the_server_s_own_learner_has_the_folder_of_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setenv("MIND_LEARNER", "Ada Lovelace")
    assert learner_id() == "Ada-Lovelace"
    assert folder_of("../../etc") == "-..-etc"


def test_a_user_has_the_same_folder_each_time(tmp_path: Path) -> None:
    assert [own_folder(tmp_path, "ada") for _ in range(3)] == ["ada"] * 3
    assert own_folder(tmp_path, "grace hopper") == "grace-hopper"
    assert own_folder(tmp_path, "grace hopper") == "grace-hopper"


@pytest.mark.parametrize(
    ("first", "second"), [("a b", "a-b"), ("a-b", "a b"), ("a/b", "a b"), ("ada", "Ada"), (".a", "a")]
)
def test_two_users_never_share_a_folder(tmp_path: Path, first: str, second: str) -> None:
    own_folder(tmp_path, first)
    for _ in range(2):
        with pytest.raises(NameTaken, match="written alike") as told:
            own_folder(tmp_path, second)
        assert repr(first) in str(told.value)
    assert own_folder(tmp_path, first) == folder_of(first)


def test_a_damaged_list_of_folders_gives_nobody_a_folder(tmp_path: Path) -> None:
    own_folder(tmp_path, "ada")
    (tmp_path / "submitted" / ".names.json").write_text("{")
    with pytest.raises(OSError, match="is damaged"):
        own_folder(tmp_path, "ada")


def test_instructors_stand_in_the_course(tmp_path: Path) -> None:
    assert instructors(tmp_path) == frozenset()
    (tmp_path / "pyproject.toml").write_text('[tool.mind]\ninstructors = ["prof", "Dr. Who"]\n')
    assert instructors(tmp_path) == {"prof", "Dr. Who"}


@pytest.mark.parametrize(
    "text", ['[tool.mind]\ninstructors = "prof"\n', "[tool.mind]\ninstructors = [1]\n", "[tool\n", "[tool]\nmind = 3\n"]
)
def test_a_list_that_is_none_lets_nobody_in(tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(SettingsTrouble):
        instructors(tmp_path)
