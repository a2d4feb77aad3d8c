"""The equipment that lessons use. It imports nothing else of ours, so that a lesson stands on it alone."""

from curriculum.lab.check import check, check_value
from curriculum.lab.seeds import seeded

__all__ = ["check", "check_value", "seeded"]
