"""The plan keeps the counts it promises, and a plan file that contradicts itself is refused at the right line."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from curriculum.plan import Plan, PlanError, load_plan

# Every day count of the plan, section by section (1.1 topic by topic).
DAYS_OF_UNITS = {
    "1.1.1": 3, "1.1.2": 3, "1.1.3": 3, "1.1.4": 2, "1.1.5": 1,
    "1.2": 7, "1.3": 9, "1.4": 4, "1.5": 7, "1.6": 2,
    "2.1": 10, "2.2": 12, "2.3": 6, "2.4": 14,
    "3.2": 21, "3.3": 21,
    "4.1": 10, "4.2": 10, "4.3": 12, "4.4": 8, "4.5": 5, "4.6": 15,
}  # fmt: skip
GOALS_OF_UNITS = {
    "1.1.1": 4, "1.1.2": 3, "1.1.3": 3, "1.1.4": 3, "1.1.5": 2,
    "1.2": 6, "1.3": 5, "1.4": 3, "1.5": 4, "1.6": 2,
    "2.1": 3, "2.2": 3, "2.3": 3, "2.4": 3,
    "3.2": 4, "3.3": 3,
    "4.1": 3, "4.2": 3, "4.3": 3, "4.4": 3, "4.5": 2, "4.6": 4,
}  # fmt: skip

SMALL = """\
[plan]
title = "Small"
hours = 14
days = 3
day_minutes = { read = 90, guided = 60, exercises = 150 }

[equipment]
spark = "Apache Spark"

[readings.ONE]
title = "Book One"
authors = "A. Author"

[readings.TWO]
title = "Book Two"
authors = "B. Author"
edition = "2nd edition"

[[phase]]
id = "1"
title = "First phase"
days = 3

[[section]]
id = "1.1"
title = "Divided section"
days = 1

[[topic]]
id = "1.1.1"
title = "Only topic"
days = 1
technologies = ["C"]
readings = { ONE = "all" }
[topic.concepts]
pointers = "Pointers" # a comment with [brackets

[[day]]
id = "1.1.1-d1"
title = "Follow pointers"
concepts = ["pointers"]
readings = [{ book = "ONE", chapters = "9" }]

[[section]]
id = "1.3"
title = "Whole section"
days = 2
technologies = ["NumPy", "Spark"]
readings = { ONE = "2, 5-7", TWO = "A Chapter" }
[section.concepts]
vectors = '''
Vectors, in a text that looks like a table:
[[day]]
title = "no day"
'''
limits = "Limits"

[[goal]]
id = "1.3-1"
text = "Add vectors."
technologies = ["NumPy"]
concepts = ["vectors"]

[[goal]]
id = "1.3-2"
text = "Take limits."
stand_in = "Nothing real."

[[day]]
id = "1.3-d1"
title = "Add vectors"
concepts = ["vectors"]
lesson = "d01_vectors"
readings = [
  { book = "ONE", chapters = "2", sections = "2.1", look_for = "addition" },
  { book = "TWO", chapters = "A Chapter" },
]

[[day]]
id = "1.3-d2"
title = "Take limits"
concepts = [
  "vectors",
  "limits",
]
readings = []
starts = ["spark"]
prerequisites = ["1.1.1-d1", "1.3-d1"]
difficulty = 5
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan()


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[str], PlanError]:
    """Loads a text as a plan file and gives back the error; a text that is accepted fails the test."""

    def load(text: str) -> PlanError:
        path = tmp_path / "plan.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(PlanError) as caught:
            load_plan(path)
        assert str(caught.value).startswith(f"{path}:{caught.value.line}: {caught.value.reason}. ")
        return caught.value

    return load


def small(tmp_path: Path) -> Plan:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return load_plan(path)


def test_the_plan_has_the_promised_size(plan: Plan) -> None:
    assert (len(plan.phases), len(plan.sections), len(plan.days), len(plan.goals)) == (4, 18, 185, 72)
    assert plan.hours == Fraction(920)
    assert [len(phase.days) for phase in plan.phases] == [41, 42, 42, 60]


def test_every_unit_has_its_days_and_goals_in_order(plan: Plan) -> None:
    assert {unit.id: len(unit.days) for unit in plan.units} == DAYS_OF_UNITS
    assert {unit.id: len(unit.goals) for unit in plan.units} == GOALS_OF_UNITS
    assert [unit.id for unit in plan.units] == list(DAYS_OF_UNITS)
    for unit in plan.units:
        assert [day.id for day in unit.days] == [f"{unit.id}-d{number}" for number in range(1, len(unit.days) + 1)]
        assert [goal.id for goal in unit.goals] == [f"{unit.id}-{number}" for number in range(1, len(unit.goals) + 1)]


def test_the_days_weigh_the_hours_exactly(plan: Plan) -> None:
    assert {day.hours for day in plan.days} == {Fraction(920, 185)}
    assert sum(day.hours for day in plan.days) == plan.hours
    assert (plan.split.read, plan.split.guided, plan.split.exercises) == (Fraction(3, 2), Fraction(1), Fraction(5, 2))
    assert plan.split.hours == 5


def test_section_1_1_is_divided_into_topics(plan: Plan) -> None:
    assert [unit.id for unit in plan.section("1.1").units] == ["1.1.1", "1.1.2", "1.1.3", "1.1.4", "1.1.5"]
    assert len(plan.section("1.1").days) == 12
    assert [unit.id for unit in plan.section("1.5").units] == ["1.5"]
    assert "3.1" not in {section.id for section in plan.sections}


def test_what_a_unit_names_is_used_in_it(plan: Plan) -> None:
    for unit in plan.units:
        taught = {concept for day in unit.days for concept in day.concepts}
        read = {reading.book for day in unit.days for reading in day.readings}
        measured = {technology for goal in unit.goals for technology in goal.technologies}
        assert taught == set(unit.concepts), unit.id
        assert read == {reading.book for reading in unit.readings}, unit.id
        assert measured <= set(unit.technologies), unit.id
    assert {book.key for book in plan.books} == {reading.book.key for unit in plan.units for reading in unit.readings}


def test_every_day_has_a_title_of_its_own_and_a_concept(plan: Plan) -> None:
    assert len({day.title for day in plan.days}) == len(plan.days)
    assert all(day.title[0].isupper() and not day.title.endswith(".") for day in plan.days)
    assert all(day.concepts for day in plan.days)
    assert all(goal.concepts for goal in plan.goals)
    assert len({goal.text for goal in plan.goals}) == len(plan.goals)


def test_the_lessons_of_section_1_5(plan: Plan) -> None:
    assert [(day.title, day.lesson) for day in plan.unit("1.5").days] == [
        ("Multiply matrices four ways", "d01_matrices"),
        ("Solve linear systems, exactly and in floating point", "d02_linear_systems"),
        ("Measure limits, derivatives and integrals", "d03_calculus"),
        ("Differentiate in many variables", "d04_gradients"),
        ("Reason with probability spaces", "d05_probability"),
        ("Model with distributions", "d06_distributions"),
        ("Find and classify minima and maxima", "d07_optimisation"),
    ]
    assert [reading.citation for reading in plan.unit("1.5").readings] == [
        "Mathematics for Machine Learning, Ch. 2, 5-7",
        "Calculus, Volume I",
        "Calculus, Volume II",
    ]


def test_objects_are_found_by_id(plan: Plan) -> None:
    day = plan.day("1.1.2-d3")
    assert (day.unit, day.section, day.phase, day.number) == ("1.1.2", "1.1", "1", 3)
    assert day in plan.unit("1.1.2").days
    assert plan.goal("4.6-4").unit == "4.6"
    assert plan.phase("3").sections[0] is plan.section("3.2")
    with pytest.raises(LookupError, match=r"no day '9\.9-d1'"):
        plan.day("9.9-d1")


def test_plans_compare_and_hash_by_content(plan: Plan) -> None:
    assert load_plan() == plan
    assert hash(load_plan()) == hash(plan)


def test_a_small_plan_is_read_whole(tmp_path: Path) -> None:
    plan = small(tmp_path)
    assert [day.id for day in plan.days] == ["1.1.1-d1", "1.3-d1", "1.3-d2"]
    assert plan.day("1.3-d1").hours == Fraction(14, 3)
    assert [reading.text for reading in plan.day("1.3-d1").readings] == [
        "Book One, Ch. 2 (2.1): addition",
        "Book Two, “A Chapter”",
    ]
    assert plan.day("1.3-d1").lesson == "d01_vectors"
    last = plan.day("1.3-d2")
    assert [concept.text for concept in last.concepts][1:] == ["Limits"]
    assert [equipment.text for equipment in last.starts] == ["Apache Spark"]
    assert (last.prerequisites, last.difficulty, last.lesson) == (("1.1.1-d1", "1.3-d1"), 5, None)
    assert plan.goal("1.3-2").stand_in == "Nothing real."
    assert plan.goal("1.3-1").stand_in is None


# What is replaced in SMALL, by what; the line that must be named, by a text that stands nowhere else; what is said.
BROKEN = {
    "a quote left open": ('title = "First phase"', 'title = "First phase', 'title = "First phase', "not valid TOML"),
    "a key given twice": ("hours = 14", "hours = 14\nhours = 15", "hours = 15", "not valid TOML"),
    "an unknown key": ('title = "Take limits"', 'titel = "Take limits"', "titel", "unknown key 'titel'"),
    "an unknown table": ('[[goal]]\nid = "1.3-1"', '[[gaol]]\nid = "1.3-1"', "[[gaol]]", "unknown key 'gaol'"),
    "an unknown table in a table": ("[equipment]", "[equip.ment]", "[equip.ment]", "unknown key 'equip'"),
    "an unknown dotted key": ("difficulty = 5", "days.hours = 5", "days.hours", "unknown key 'days'"),
    "an unknown key of a reading": ('look_for = "addition"', 'lok_for = "addition"', "lok_for", "unknown key 'lok_for'"),
    "a missing key": ('text = "Add vectors."\n', "", '[[goal]]\nid = "1.3-1"', "'text' is missing"),
    "a missing key of a reading": ('{ book = "TWO", chap', "{ chap", '  { chapters = "A', "'book' is missing"),
    "a text for a number": ("hours = 14", 'hours = "14"', 'hours = "14"', "'hours' must be a whole number"),
    "a truth value for a number": ("difficulty = 5", "difficulty = true", "difficulty =", "from 1 to 5, not True"),
    "a difficulty of six": ("difficulty = 5", "difficulty = 6", "difficulty =", "from 1 to 5, not 6"),
    "a number for a text": ('title = "Book Two"', "title = 2", "title = 2", "'title' must be a text"),
    "an empty text": ('title = "Book Two"', 'title = " "', 'title = " "', "'title' must be a text"),
    "a text for a list": ('starts = ["spark"]', 'starts = "spark"', 'starts = "spark"', "'starts' must be a list"),
    "a list for a table": ('readings = { ONE = "all" }', 'readings = ["ONE"]', 'readings = ["ONE"]', "must be a table"),
    "texts for tables": ("readings = []", 'readings = ["ONE"]', 'readings = ["ONE"]', "must be a list of tables"),
    "a concept named twice": ('  "limits",', '  "limits", "limits"', '"limits", "limits"', "named twice"),
    "a day defined twice": ('id = "1.3-d2"', 'id = "1.3-d1" #', 'id = "1.3-d1" #', "day 1.3-d1 is defined twice"),
    "a gap in the days": ('id = "1.3-d2"', 'id = "1.3-d3"', 'id = "1.3-d3"', "day 1.3-d2 is missing before 1.3-d3"),
    "a gap in the goals": ('id = "1.3-2"', 'id = "1.3-3"', 'id = "1.3-3"', "goal 1.3-2 is missing before 1.3-3"),
    "a section defined twice": ('id = "1.3"', 'id = "1.1" #', 'id = "1.1" #', "section 1.1 is defined twice"),
    "sections out of order": ('id = "1.1"', 'id = "1.4"', 'id = "1.3"', "stands after number 4"),
    "a day of no section": ('id = "1.3-d2"', 'id = "1.2-d1"', 'id = "1.2-d1"', "not the id of a day"),
    "a day of a divided section": ('id = "1.3-d2"', 'id = "1.1-d1"', 'id = "1.1-d1"', "not the id of a day"),
    "a day without its mark": ('id = "1.3-d2"', 'id = "1.3-2" #', 'id = "1.3-2" #', "not the id of a day"),
    "a number with a leading zero": ('id = "1.3-d2"', 'id = "1.3-d02"', 'id = "1.3-d02"', "not the id of a day"),
    "an unknown reading": ('TWO = "A Chapter" }', 'TOW = "A Chapter" }', 'TOW = "A', "unknown reading 'TOW'"),
    "a reading that its section lacks": ('{ book = "ONE", chapters = "9"', '{ book = "TWO", chapters = "9"',
                                         'chapters = "9"', "'TWO' is not among the readings of 1.1.1"),
    "a chapter that its section lacks": ('chapters = "2", sections', 'chapters = "2, 4", sections', '"2, 4"',
                                         "chapter '4' of ONE is not among those of 1.3"),
    "a title of a chapter that its section lacks": ('{ book = "TWO", chapters = "A Chapter"',
                                                    '{ book = "TWO", chapters = "B Chapter"', '"B Chapter"', "'B Chapter'"),
    "a range that runs backwards": ('ONE = "2, 5-7"', 'ONE = "2, 7-5"', '"2, 7-5"', "'7-5' is neither"),
    "an empty place among chapters": ('ONE = "2, 5-7"', 'ONE = "2, , 7"', '"2, , 7"', "has an empty place"),
    "a concept that its section lacks": ('  "limits",', '  "limit",', '  "limit",', "'limit' is not among the concepts of 1.3"),
    "a technology that its section lacks": ('technologies = ["NumPy"]', 'technologies = ["numpy"]', '["numpy"]',
                                            "'numpy' is not among the technologies of 1.3"),
    "unknown equipment": ('starts = ["spark"]', 'starts = ["sparc"]', "sparc", "'sparc' is not among the [equipment]"),
    "too many days declared by a section": ("days = 2", "days = 4", "days = 4", "4 days are declared, but 2"),
    "too few days declared by a phase": ("days = 3\n\n[[section]]", "days = 9\n\n[[section]]", "days = 9", "but 3 are defined"),
    "another total of days": ("days = 3\nday_minutes", "days = 185\nday_minutes", "days = 185", "but 3 are defined"),
    "another total of hours": ("hours = 14", "hours = 920", "hours = 920", "do not agree"),
    "an unknown prerequisite": ('"1.1.1-d1", "1.3-d1"]', '"1.1.1-d1", "1.3-d7"]', "1.3-d7", "unknown day '1.3-d7'"),
    "a prerequisite that is the day": ('"1.1.1-d1", "1.3-d1"]', '"1.1.1-d1", "1.3-d2"]', "prerequisites",
                                       "1.3-d2 is not earlier than 1.3-d2"),
    "a prerequisite that comes later": ('concepts = ["pointers"]', 'concepts = ["pointers"]\nprerequisites = ["1.3-d1"]',
                                        'prerequisites = ["1.3-d1"]', "1.3-d1 is not earlier than 1.1.1-d1"),
    "a lesson named twice": ("difficulty = 5", 'lesson = "d01_vectors" #', 'lesson = "d01_vectors" #', "'d01_vectors' twice"),
    "a lesson of another day": ("difficulty = 5", 'lesson = "d01_limits"', "d01_limits", "not the name of a lesson of day 2"),
    "concepts of a divided section": ('title = "Divided section"', 'title = "Divided section"\ntechnologies = ["C"] #',
                                      '["C"] #', "section 1.1 has topics"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_wrong_plan_is_refused_with_its_line(
    refused: Callable[[str], PlanError], old: str, new: str, at: str, reason: str
) -> None:
    assert SMALL.count(old) == 1, "the case must change one place"
    text = SMALL.replace(old, new)
    assert text.count(at) == 1, "the case must name one line"
    error = refused(text)
    assert reason in error.reason
    assert error.line == text[: text.index(at)].count("\n") + 1
    assert error.remedy


def test_an_array_left_open_is_refused_at_or_after_its_line(refused: Callable[[str], PlanError]) -> None:
    error = refused(SMALL.replace('starts = ["spark"]', 'starts = ["spark"'))
    assert SMALL.splitlines()[error.line - 2].startswith("starts")


def test_a_file_that_ends_too_early_is_refused_at_its_end(refused: Callable[[str], PlanError]) -> None:
    assert refused("[plan]\ntitle = '''\nnever\nclosed").line == 4


def test_a_file_without_tables_says_what_it_lacks(refused: Callable[[str], PlanError]) -> None:
    error = refused("")
    assert (error.line, error.reason) == (1, "the key 'plan' is missing")


def test_a_likely_name_is_offered(refused: Callable[[str], PlanError]) -> None:
    assert "'limits'" in refused(SMALL.replace('  "limits",', '  "limmits",')).remedy


def test_other_encodings_are_refused_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_bytes(SMALL.replace("A. Author", "Ä. Author").encode("latin-1"))
    with pytest.raises(PlanError, match="not UTF-8") as caught:
        load_plan(path)
    assert SMALL.splitlines()[caught.value.line - 1] == 'authors = "A. Author"'
    path.write_bytes(SMALL.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_plan(path) == small(tmp_path)
