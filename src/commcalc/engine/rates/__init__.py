"""Rates: which tier a credit is paid at, and how it is cut where it crosses a bound."""
