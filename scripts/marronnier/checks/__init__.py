"""The rules: what is wrong with what people wrote, and what to do about it."""

from __future__ import annotations

from marronnier.checks.engine import run
from marronnier.checks.post_errors import errors_by_post, errors_in_posts

__all__ = ["errors_by_post", "errors_in_posts", "run"]
