"""`mind`: the course from a terminal. Commands parse, call one function, and show what comes back."""

from __future__ import annotations

import click

from curriculum.cli_dev import dev


@click.group()
@click.version_option(package_name="stateless-mind")
def main() -> None:
    """Learn by doing: 185 planned days, 920 hours, and a score that says how far you are."""


main.add_command(dev)
