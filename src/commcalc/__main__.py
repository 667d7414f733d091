"""Runs the program: `python -m commcalc`."""

from commcalc.cli.entry import run

if __name__ == "__main__":  # processes of our own load this module without being told to run
    run()
