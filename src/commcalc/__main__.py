"""Runs the program: `python -m commcalc`."""

from commcalc.cli.main import run

run()
