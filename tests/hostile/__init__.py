"""Broken, gaming and hostile submissions made from any nbgrader notebook, each with the score that an ideal grader gives.

``python -m tests.hostile SOURCE.ipynb RELEASE.ipynb`` runs them on a notebook of your own. The parts: a lesson that is
attacked (lesson), what a case is (case), the cases by what they do (broken_files, broken_cells, honest, faults, values,
patches, peeks, reach, protocol, games; corpus is all of them), the course folder that they are let loose in (scene), and the
judgement of what the grader made of each (trial).
"""
