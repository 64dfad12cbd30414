"""A week of the example's team on a fake GitHub: everything that is done there is done by the commands and the jobs that a team has."""

from marronnier.demo.week.story import TeamWeek, play_week

__all__ = ["TeamWeek", "play_week"]
