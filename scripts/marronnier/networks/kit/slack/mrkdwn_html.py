"""What readers see of a text in Slack's markup, as HTML. https://docs.slack.dev/messaging/formatting-message-text, seen 2026-11-27"""

from __future__ import annotations

import re

_CODE = re.compile(r"```(?P<block>.+?)```|`(?P<code>[^`\n]+)`", re.DOTALL)
_LINK = re.compile(r"<(?P<url>https?://[^|>\s]+)(?:\|(?P<name>[^>]+))?>")
_MEMBER = re.compile(r"<(?P<sign>[@#!][^|>]+)(?:\|[^>]+)?>")
_MARKS = tuple(
    (re.compile(rf"(?<![\w{sign}]){sign}(?=\S)(.+?)(?<=\S){sign}(?![\w{sign}])"), tag)
    for sign, tag in ((r"\*", "strong"), ("_", "em"), ("~", "s"))
)


def marked_html(text: str) -> str:
    """The text with its emphasis and links. In it `&`, `<` and `>` are escaped already, but for those of links."""
    pieces, at = [], 0
    for code in _CODE.finditer(text):
        pieces += [_marked(text[at : code.start()]), f"<code>{code['block'] or code['code']}</code>"]
        at = code.end()
    return "".join([*pieces, _marked(text[at:])])


def _marked(text: str) -> str:
    pieces, at = [], 0
    for link in _LINK.finditer(text):
        url = link["url"].replace('"', "%22")
        pieces += [_emphasised(text[at : link.start()]), f'<a href="{url}">{_emphasised(link["name"] or link["url"])}</a>']
        at = link.end()
    return "".join([*pieces, _emphasised(text[at:])])


def _emphasised(text: str) -> str:
    text = _MEMBER.sub(lambda found: found["sign"], text)
    for mark, tag in _MARKS:
        text = mark.sub(rf"<{tag}>\1</{tag}>", text)
    return text
