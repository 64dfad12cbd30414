"""What a command does not need, it does not import: each of these takes longer to load than most commands take to run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.people import Town

HEAVY = ("github", "mkdocs", "httpx2", "jinja2", "holidays", "icalendar", "nh3", "rich", "ruamel.yaml")
"""Distributions that only some commands need."""
ALLOWED = {"publish --dry-run": {"nh3"}}
