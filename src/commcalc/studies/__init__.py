"""Runs compared with runs."""
