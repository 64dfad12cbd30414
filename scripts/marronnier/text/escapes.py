"""Escapes: control characters and invisible characters written out, so that a terminal or a log shows all there is and obeys none of it."""

from __future__ import annotations

import re

# Control characters, marks of direction and invisible characters: with them a terminal could show what is not there.
# Joiners, variation selectors and the tags of a flag stay: emoji and scripts are made of them.
_INVISIBLE = re.compile(
    r"\U0001f3f4[\U000e0030-\U000e007a]{3,6}\U000e007f|[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164"
    r"\ud800-\udfff\ue000-\uf8ff\ufeff\uffa0\ufff0-\uffff\U000e0000-\U0010ffff]"
)
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def escape_controls(text: str) -> str:
    """A text in one line, with control characters and invisible characters written out.

    `##[` begins an old command of GitHub's runner anywhere in a line
    (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs, seen 2026-11-22), so it is taken apart.
    """
    escaped = _INVISIBLE.sub(lambda match: _ESCAPES.get(match[0], _escape_character(match[0])), text)
    return escaped.replace("##[", "## [")


def _escape_character(matched: str) -> str:
    # The pattern matches a flag of several characters only to leave it as it is.
    if len(matched) > 1:
        return matched
    code = ord(matched)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
