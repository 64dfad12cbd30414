"""Marronnier: the editorial calendar that a community team keeps in Git."""

__version__ = "0.1.0"
