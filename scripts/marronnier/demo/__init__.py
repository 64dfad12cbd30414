"""The demo: the example brand with a past, made by the same commands that a team runs."""

from marronnier.demo.simulation import Demo, create_demo

__all__ = ["Demo", "create_demo"]
