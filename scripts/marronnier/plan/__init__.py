"""The plan: all publications in time order, ready and proposed, each with a state and a reason."""

from marronnier.plan.assembling import Assembled, assemble, reassemble
from marronnier.plan.difference import Differences, changes
from marronnier.plan.making import make

__all__ = ["Assembled", "Differences", "assemble", "changes", "make", "reassemble"]
