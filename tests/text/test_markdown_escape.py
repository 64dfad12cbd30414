"""Plain text of another tool, as Markdown: people read it as it was."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier.text.markdown_escape import escape_markdown, normalize_plain_text
from marronnier.text.plain_text import to_plain_text
from marronnier.text.threads import split_parts
from marronnier.text.variants import split_variants

TYPED = st.text(st.sampled_from(list("ab 1é\n#*_-+=>[](){}<&;!|~`\\.:/@'\"🌳")), max_size=40)
MARKED = """\
## @bluesky
---
# titre
- a
1. a
> q
https://a.example/x_y_z*
*gras*
a_b_c
<b>
&amp;
```
~~~
    x
![x](y.png)
[x](y)
@_a_b
| a | b |
|---|---|

mots
===
<https://a.example>
[a]: b
\\
#Jardin"""
WORDS = st.lists(
    st.sampled_from(MARKED.split("\n")),
    max_size=8,
).map("\n".join)


@given(st.one_of(TYPED, WORDS))
@example("a\n---")
@example("2019\\. a")
def test_plain_text_reads_as_it_was(text: str) -> None:
    markdown = escape_markdown(text)
    assert to_plain_text(markdown) == normalize_plain_text(text)
    assert len(split_variants(markdown, 1)) == 1 and len(split_parts(markdown)) == 1


@pytest.mark.parametrize("text", ["Bonjour #Jardin @feuillage : https://a.example/x_y_z", "a_b_c 🌳 (vu) 1. un", "Oui !\n\nNon ?"])
def test_what_means_nothing_else_stays_as_typed(text: str) -> None:
    assert escape_markdown(text) == text
