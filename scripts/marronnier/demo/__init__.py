"""The demo: the example brand with a past, made by the same commands that a team runs."""

from marronnier.demo.simulation import Demo, running_demo

__all__ = ["Demo", "running_demo"]
