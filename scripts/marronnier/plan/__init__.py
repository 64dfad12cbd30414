"""The plan: every publication ready and proposed, each with a state, a reason and the next step. Pure: a function of the situation."""

from marronnier.plan.builder import make
from marronnier.plan.costs import CampaignCost, PlanCosts, costs_of, quota_warnings
from marronnier.plan.diff import PlanDiff, compare_plans
from marronnier.plan.rule_errors import correction_advice, hold_faulty, posts_to_be_sealed

__all__ = [
    "CampaignCost",
    "PlanCosts",
    "PlanDiff",
    "compare_plans",
    "correction_advice",
    "costs_of",
    "hold_faulty",
    "make",
    "posts_to_be_sealed",
    "quota_warnings",
]
