"""Strategies that generate texts as community managers write them, and hostile ones, for the property tests of `text/`."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = (
    "jardin", "été", "على", "du", "La", "M.", "p. ex.", "etc.", " ", " ", "  ", "\n", "\n\n", "\n\n\n", "\t", "- ", "\n- ", "* ", "+ ", "1. ", "\n2) ",
    "# ", "\n## ", "#", "#tag", "@jean_", "@_marie_", "**", "*", "_", "__", "`", "```\n", "~~~", "~~", "[", "]", "(", ")", "](", "](https://x.org/a_b)",
    "[**", "**](https://x.org/?a=1&b=2)", "[voir](https://x.org)", "![x](y.png)", "<https://x.org/é>", "https://x.org/_a_", "http://", "https://x.org?q=**",
    "www.x.org", "a@b.org", "<b>", "</b>", "<br>", "<!--", "-->", "<script>", "</script>", "<div>\n", "&amp;", "&nbsp;", "&", "&#x27;", "\\", "\\*", "\\\n",
    "> ", "\n> ", "---", "\n---\n", "\n\n---\n\n", "===", "\n===\n", "|", "| a | b |\n|---|---|\n", "    ", "\u00a0!", "\u202f?", "«", "»", "!", "?", "…", ".",
    "👨‍👩‍👧‍👦", "🇧🇪", "e\u0301", "☀\ufe0f", "\u200f", "\u2066", "\u2028", "\x0b", "\x00", "\r\n", "[x]: https://x.org\n", "- [ ] ", "$", "'", '"', ":", ";",
)  # fmt: skip

markdown = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=24).map("".join)
"""Markdown of fragments in unlikely combinations."""

words = st.lists(
    st.one_of(st.sampled_from(("jardin", "été", "على", "M.", "plante", "!", "👨‍👩‍👧‍👦", "https://x.org/a(b)?c=d", "@jardin@example.social", "#Fête")), st.text(min_size=1, max_size=12)),
    max_size=30,
)  # fmt: skip
spaces = st.sampled_from((" ", " ", " ", ". ", " ! ", "\n", "\n\n", "\u00a0", "؟ ", "\n- "))


@st.composite
def prose(draw: st.DrawFn) -> str:
    """Words, sentences and paragraphs."""
    return "".join(word + draw(spaces) for word in draw(words))
