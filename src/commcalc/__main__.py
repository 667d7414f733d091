"""Runs the program: `python -m commcalc`."""

from commcalc.cli.entry import run

run()
