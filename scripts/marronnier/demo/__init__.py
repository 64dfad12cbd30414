"""The demo: the example brand with a past, lived through the same acts that a team performs."""

from marronnier.demo.simulation import Demo, create_demo

__all__ = ["Demo", "create_demo"]
