"""The plan: all publications in time order, ready and proposed, each with a state and a reason."""

from marronnier.plan.assembling import Assembled, assemble, reassemble
from marronnier.plan.builder import make
from marronnier.plan.diff import PlanDiff, compare_plans

__all__ = ["Assembled", "PlanDiff", "assemble", "compare_plans", "make", "reassemble"]
