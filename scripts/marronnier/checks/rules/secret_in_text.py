"""A token, a key or a password among words."""

from __future__ import annotations

from collections.abc import Iterator

from marronnier.checks.text_spans import TextSpan
from marronnier.checks.view import View
from marronnier.messages import _
from marronnier.model.finding import Finding, Level
from marronnier.text import secrets

LEVEL: Level = "error"
ALLOWABLE = False


def check(view: View) -> Iterator[Finding]:
    """Every text file in brand/, calendar/ and content/, those that cannot be read included."""
    for path, text in _files(view):
        for secret in secrets.find_secrets(text):
            yield Finding(
                "secret-in-text",
                LEVEL,
                TextSpan(path, text, text, 1).place(secret.start),
                _("{kind} stands here; it is not repeated", kind=_(secret.kind)),
                _(
                    "words that everybody may read; secrets come from the environment, under the names that `env:` in brand/channels.yml gives"
                ),
                _("take it out, and have it replaced where it was made: whoever reads this repository may already have it"),
            )


def _files(view: View) -> Iterator[tuple[str, str]]:
    """Path and text of every file that may hold a secret."""
    for post in view.posts:
        if not view.is_known_clean("secret-in-text", post, secrets.find_secrets):
            yield post.path, post.text
    yield from view.texts.other_files
