"""The demo: the example brand with a past, lived through the same acts that a team performs."""

from marronnier.demo.simulation import Demo, write

__all__ = ["Demo", "write"]
