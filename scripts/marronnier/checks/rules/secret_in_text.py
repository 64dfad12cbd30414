"""A token, key or password in a file."""

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
            message = _("this file contains {kind}; it is not shown here", kind=_(secret.kind))
            expected = _("no secret in any file: secrets come from environment variables, which `env:` in brand/channels.yml names")
            next = _("remove it, and have the service that issued it revoke it: whoever reads this repository may already have it")
            yield Finding("secret-in-text", LEVEL, TextSpan(path, text, text, 1).place(secret.start), message, expected, next)


def _files(view: View) -> Iterator[tuple[str, str]]:
    """Path and text of every file that may hold a secret."""
    for post in view.posts:
        if not view.is_known_clean("secret-in-text", post, secrets.find_secrets):
            yield post.path, post.text
    yield from view.texts.other_files
