"""Lygte: the open platform for round-the-clock social crisis services."""

__version__ = "0.1.0"
