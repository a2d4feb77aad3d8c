"""The equipment that lessons use. It imports nothing else of ours, so that a lesson stands on it alone."""

from curriculum.lab.check import check, check_value

__all__ = ["check", "check_value"]
