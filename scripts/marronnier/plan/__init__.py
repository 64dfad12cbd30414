"""The plan: every publication ready and proposed, each with a state, a reason and the next step. Pure: a function of the situation."""

from marronnier.plan.builder import make
from marronnier.plan.diff import PlanDiff, compare_plans

__all__ = ["PlanDiff", "compare_plans", "make"]
