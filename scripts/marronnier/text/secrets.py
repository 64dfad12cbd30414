"""Secrets in a text: pasted tokens, private keys and passwords. They are named by their kind and never shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from marronnier.messages import N_, _

REDACTED = "[…]"
"""Shown instead of a secret."""

_SECRET_PIECE = 8
"""A text that shares this many consecutive characters with a secret counts as holding it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a text, from `start` to `end`."""

    start: int
    end: int
    kind: str
    """The kind of secret, as an untranslated msgid."""


# Each kind with texts of which one must occur before its pattern is tried.
# Prefixes and lengths are published by the services or observed: seen 2026-11-25 where an address is given, else from memory.
@cache
def _secret_kinds() -> tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...]:
    # Compiled when needed: most texts hold no secret.
    return tuple(
        (kind, tuple(holds.split()), re.compile(pattern))
        for kind, holds, pattern in (
            (N_("a private key"), "PRIVATE KEY", r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,4}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----BEGIN)[\s\S]){0,20000}?(?:-----END [A-Z0-9 ]{0,40}-----|\Z|(?=\n\s*\n\S+ ))"),
            (N_("a private key"), "PuTTY-User AGE-SECRET", r"PuTTY-User-Key-File-\d[^\n]*|AGE-SECRET-KEY-1[0-9A-Z]{40,80}"),
            # https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available, and for `ghs_` with dots
            # https://github.com/github/gh-aw/issues/35016.
            (N_("a GitHub token"), "ghp_ gho_ ghr_ ghs_ ghu_ github_pat_", r"(?<![A-Za-z0-9])(?:gh[oprsu]_[A-Za-z0-9._-]{36,255}|github_pat_\w{50,255})"),
            (N_("a GitLab token"), "glpat- gldt- glrt- glptt-", r"(?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt)-[\w.-]{20,255}"),
            (N_("a Slack token"), "xox xapp-", r"(?<![A-Za-z0-9])(?:xox[abceoprs](?:\.xox[bp])?-[\w-]{10,255}|xapp-\d-[\w-]{20,255})"),
            (N_("a Slack webhook address, open to anyone who has it"), "hooks.slack", r"hooks\.slack\.com/(?:services|workflows|triggers)/[\w/]{20,255}"),
            (N_("a Discord webhook address, open to anyone who has it"), "webhooks/", r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{15,21}/[\w-]{40,120}"),
            (N_("a Discord bot token"), ".", r"(?<![\w.-])[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])"),
            (N_("a Telegram bot token"), ":AA", r"(?<!\d)\d{8,10}:AA[\w-]{32,34}(?![\w-])"),
            (N_("a Facebook, Instagram or Threads token"), "EAA IGQ IGAA THAA THQ", r"(?<![A-Za-z0-9])(?:EAA[A-Za-z0-9]{60,500}|(?:IGQ|IGAA|THAA|THQ)[\w-]{60,500})"),
            (N_("an X token"), "AAAAAAAA -", r"(?<![A-Za-z0-9])(?:A{15,30}[A-Za-z0-9%]{50,200}|\d{15,20}-[A-Za-z0-9]{40}(?![A-Za-z0-9]))"),
            (N_("a LinkedIn token"), "AQ", r"(?<![\w-])AQ[A-Za-z0-9_-]{100,600}"),
            # In a presigned URL the key's id is public: only the signature is secret, and it expires.
            (N_("an Amazon cloud key"), "AKIA ASIA", r"(?<![A-Z0-9])(?<!Amz-Credential=)(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
            (N_("a Google key"), "AIza", r"(?<![\w-])AIza[\w-]{35}(?![\w-])"),
            (N_("a Stripe key"), "_live_", r"(?<![A-Za-z0-9])[rs]k_live_[A-Za-z0-9]{16,255}"),
            (N_("a SendGrid key"), "SG.", r"(?<![\w.])SG\.[\w-]{16,40}\.[\w-]{16,80}"),
            (N_("a key of a language model service"), "sk-", r"(?<![\w-])sk-(?:[a-z]{2,8}[\d]{0,2}-){0,3}[A-Za-z0-9_-]{24,255}"),
            (N_("a signed token"), ".eyJ", r"(?<![\w.])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}"),
            (N_("a password in an address"), "@", r"(?<=://)[^\s/@:<>]{0,100}:[^\s/@<>]{1,200}@(?=[\w\[])"),
            (N_("a token after Bearer"), "earer", r"(?<![A-Za-z])[Bb]earer\s{1,3}[\w.~+/-]{19,2000}={0,2}"),
            (N_("an app password"), "-", r"(?<![\w/.-])[a-z2-7]{4}(?:-[a-z2-7]{4}){3}(?![\w/.-])"),
            (N_("a token"), "", r"(?<![\w/.+=-])[\w-]{43}(?![\w/.+=-])"),
            (
                N_("a password or token"),
                ": =",
                r"(?i:passw(?:or)?d|mot de passe|wachtwoord|secret|token|api[ _-]?key|access[ _-]?key|كلمة المرور)[\"']?[ \u00a0\u202f]{0,3}[:=]{1,2}\s{0,3}[\"']?(?P<value>[\w.~+/-]{19,2000}={0,2})",
            ),
        )
    )  # fmt: skip


_KINDS_BY_SHAPE = frozenset({"an app password", "a token", "a password or token", "a token after Bearer"})
"""Kinds recognised by their shape alone, which words and names can have too."""

# For the fast test: every secret except a password in a URL has at least this many letters, digits, `_` and `-` in a row.
_ROW = 19
_SHAPE = bytes(ord("a") if chr(code).isalnum() or chr(code) in "_-" else ord(" ") for code in range(128)) + b" " * 128
_NAMED = re.compile(rb"(?i)passw|passe|wachtwoord|secret|token|key|earer|\xd9\x83\xd9\x84\xd9\x85\xd8\xa9")
_GROUPS = re.compile(rb"[a-z2-7]{4}(?:-[a-z2-7]{4}){3}")
_WITH_NAME = re.compile(r"://[^\s/@]{1,300}@")


def _may_hold_secret(text: str) -> bool:
    """Whether the text may hold a secret: a test of a few microseconds, because ten thousand posts are checked."""
    if "@" in text and _WITH_NAME.search(text):
        return True
    typed = text.encode("utf-8", "surrogatepass")
    shape = typed.translate(_SHAPE)
    start = shape.find(b"a" * _ROW)
    while start >= 0:
        end = shape.find(b" ", start)
        end = end if end >= 0 else len(shape)
        row = typed[start:end]
        mixed = any(48 <= code <= 57 for code in row) and row.lower() != row
        if mixed or _GROUPS.fullmatch(row) or _NAMED.search(typed, max(0, start - 40), start):
            return True
        start = shape.find(b"a" * _ROW, end)
    return False


def find_secrets(text: str) -> list[Secret]:
    """The secrets of a text, in order; where two kinds match the same characters, the more certain one."""
    if not _may_hold_secret(text):
        return []
    secrets: list[Secret] = []
    for kind, needles, pattern in _secret_kinds():
        if needles and not any(needle in text for needle in needles):
            continue
        for match in pattern.finditer(text):
            start, end = match.span("value" if "value" in pattern.groupindex else 0)
            if kind in _KINDS_BY_SHAPE and not _is_random(text[start:end]):
                continue
            if not _is_placeholder(text[start:end]) and not any(secret.start < end and start < secret.end for secret in secrets):
                secrets.append(Secret(start, end, kind))
    return sorted(secrets, key=lambda secret: secret.start)


def _is_random(text: str) -> bool:
    """Whether the text looks random: letters and digits are mixed, and it is not a word, a path or the name of an environment variable."""
    value = re.sub(r"^[Bb]earer\s+", "", text)
    digits = sum(map(str.isdigit, value))
    if re.fullmatch(r"[A-Z][A-Z0-9_]*", value) or "/" in value.strip("/"):
        return digits > 0 and "/" not in value and len(set(value)) > 12 and "_" not in value
    mixed = value.lower() != value or len(value) < 20
    return digits > (2 if len(value) == 43 else 0) and any(map(str.isalpha, value)) and (mixed or digits > 3)


def _is_placeholder(text: str) -> bool:
    """Whether the text is a placeholder in an explanation: `ghp_xxxxxxxx…`, `Bearer <token>`."""
    return len(text) > 15 and len(set(text.strip("-").lower()[-12:])) < 5


def redact_secrets(text: str, secrets: Collection[str]) -> str:
    """The text without these secrets and without any part of one, even when it was truncated."""
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    pieces = {piece for secret in secrets for piece in secret.split() if len(piece) > 5}

    def redact(word: re.Match[str]) -> str:
        bare = word[0].strip("….,;:")
        is_secret = len(bare) > 5 and any(bare in piece or piece in bare for piece in pieces)
        return REDACTED if is_secret else word[0]

    return re.sub(r"[^\s`“”«»\"'()]+", redact, text) if pieces else text


def quoted_from_server(text: object, secrets: Iterable[str], most: int) -> str:
    """A server's message on one line of at most `most` characters, without control characters; a notice in its place when it holds a secret."""
    message = re.sub(
        r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", " ", text if isinstance(text, str) else ""
    )
    if any(contains_secret(message, secret) for secret in secrets):
        return _("(its message is not shown: it contains a secret)")
    message = " ".join(message.split())
    return message if len(message) <= most else f"{message[: most - 1]}…"


def contains_secret(text: str, secret: str) -> bool:
    """Whether a text holds a piece of a secret, in any of its encodings, in any case, with or without spaces in it."""
    bare = re.sub(r"\s", "", text).casefold()
    return any(piece in bare for encoded in _encodings(secret) for piece in _substrings(encoded))


def _encodings(secret: str) -> Iterator[str]:
    """The secret as it is, backwards, URL-encoded, JSON-escaped, in hexadecimal and in base64."""
    import base64
    import json
    from urllib.parse import quote

    raw = secret.encode()
    yield from (secret, secret[::-1], quote(secret, safe=""), json.dumps(secret)[1:-1], raw.hex())
    for shift in range(3):
        # Base64 depends on the position within three bytes; the first two letters also encode the bytes before.
        encoded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")[2 if shift else 0 :]
        yield from (encoded, encoded.replace("+", "-").replace("/", "_"))


def _substrings(text: str) -> Iterator[str]:
    text = "".join(text.split()).casefold()
    size = min(_SECRET_PIECE, len(text))
    return (text[start : start + size] for start in range(len(text) - size + 1)) if size >= 4 else iter(())
