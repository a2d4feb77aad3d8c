"""The course as nbgrader sees it: its folders are this repository's, its gradebook is SQLite beside this file."""

import autograder.nbgrader
import autograder.stubs

c = get_config()  # noqa: F821 - defined by traitlets where this file is read

c.CourseDirectory.course_id = "stateless-mind"
# What a learner's running notebook leaves beside it is not part of a submission or a release.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__"]
c.ClearSolutions.code_stub = {
    "python": "# Your code here, in place of the next line.\nraise NotImplementedError",
    "c": '#error "YOUR CODE HERE"',
}
c.GenerateAssignment.preprocessors = autograder.stubs.preprocessors()
c.ClearSolutions.text_stub = "*Your answer here.*"
# Output that a cell prints without end must not fill a disk; 30 s is nbgrader's own limit for one cell, too near for SymPy.
c.ExecutePreprocessor.timeout = 120
# The engine behind `nbgrader autograde` and `generate_feedback`; without it they are nbgrader's own (docs/instructors/nbgrader.md).
autograder.nbgrader.configure(c)
# Marks for an LMS: `nbgrader export --exporter=autograder.exports.CanvasExportPlugin` or MoodleExportPlugin. For full marks without the
# bonus say, by section: c.CanvasExportPlugin.most = {"1.5": 196}   (docs/instructors/first-to-last-day.md)
