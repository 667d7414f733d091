"""Closed periods: what was posted, kept so that a change is refused or found."""
