"""Which lines of a comment are commands, and what they say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.conversation.command_syntax import MOST_COMMANDS, USAGES, help_text, parse_comment
from marronnier.conversation.marked_text import fields_of, joined, lines_block, link, marked

BRACKETS = "What stands in brackets can be left out."
STANDS_IN = "It stands in a heading, a list or a quote. Write it in a new comment, with an empty line before it and after it."
KEY_IS = "KEY is a post on a channel, like `portes-ouvertes@journal`: the report shows it, and the issue about the post."


@pytest.mark.parametrize(
    "text",
    [
        "Merci !", "Say `/hold`.", "> /hold", "> Hm.\n/lgtm", "> Hm.\n\n- /hold", "```\n/hold\n```", "~~~\n/hold", "    /hold", "- /hold", "1. /hold",
        "<!--\n/hold\n-->", "a <!-- x\n/hold\n--> b", "a `x\n/hold\ny` b", "<details>\n/hold\n</details>", "# /hold",
        "`\n/hold\n`", "``\n/hold\n``", "a `\n/hold ` b", '[x](http://a "\n/hold\n")', "![a\n/hold\nb](u)", "[a\n/hold\nb](u)", "*a\n/hold\nb*",
        "[a]: http://a '\n/hold\n'", "<i title='\n/hold\n'>a</i>", "a | b\n--|--\n/freeze | c", "```suggestion\n/hold\n```", "~~a\n/hold~~",
        "| a |\n|---|\n| /hold |",
        "/usr/bin/env", "/lgtm", "/ hold", "//hold", "x /hold",
    ],
)  # fmt: skip
def test_what_is_no_command(text: str) -> None:
    assert parse_comment(text) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("/hold", ("hold", "", "", "")),
        ("Il pleut.\n/Hold portes", ("hold", "portes", "", "")),
        ("> Hm.\n\n/hold", ("hold", "", "", "")),
        ("/hold\u00a0portes", ("hold", "portes", "", "")),
        ("*a*\n/hold\n`b`", ("hold", "", "", "")),
        ("/Settle Portes@Journal Not-Sent", ("settle", "portes@journal", "not-sent", "")),
        ("/reschedule ٢٠٢٦-١٢-٠٥ ١٠:٠٠", ("reschedule", "", "", "2026-12-05 10:00")),
        ("/Hold Portes", ("hold", "portes", "", "")),
        ("/Reschedule Portes 2026-12-05", ("reschedule", "portes", "", "2026-12-05")),
        ("/freeze\u202f`un` accident\\*", ("freeze", "", "", "`un` accident\\*")),
        ("/freeze  les mots  ", ("freeze", "", "", "les mots")),
        ("/freeze", ("freeze", "", "", "")),
        ("/thaw", ("thaw", "", "", "")),
        ("/retry `portes@journal~2026-12-08`", ("retry", "portes@journal~2026-12-08", "", "")),
        ("/settle p_o_r@j_a sent <https://a.example/c_d_e>", ("settle", "p_o_r@j_a", "sent", "https://a.example/c_d_e")),
        ("/settle portes@journal not-sent\r\n", ("settle", "portes@journal", "not-sent", "")),
        ("/settle portes@journal never", ("settle", "portes@journal", "never", "")),
        ("/reschedule 2026-12-05 10:00 +01:00", ("reschedule", "", "", "2026-12-05 10:00 +01:00")),
        ("/reschedule portes 2026-12-05", ("reschedule", "portes", "", "2026-12-05")),
        ("/reschedule samedi 5 décembre 2026 à 10h", ("reschedule", "", "", "2026-12-05 10:00")),
    ],
)
def test_what_a_command_says(text: str, told: tuple[str, str, str, str]) -> None:
    [command] = parse_comment(text)
    assert ((command.name, command.subject, command.verdict, command.text), command.fault) == (told, "")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("/reschedule", f"Write it like `/reschedule [POST] 2026-12-05 10:00`. {BRACKETS}"),
        ("/reschedule 05/12/2026", f"Write it like `/reschedule [POST] 2026-12-05 10:00`. {BRACKETS}"),
        ("/reschedule when-approved", f"Write it like `/reschedule [POST] 2026-12-05 10:00`. {BRACKETS}"),
        ("/reschedule 0001-01-01", f"Write it like `/reschedule [POST] 2026-12-05 10:00`. {BRACKETS}"),
        ("/reschedule 2026-02-30", f"Write it like `/reschedule [POST] 2026-12-05 10:00`. {BRACKETS}"),
        ("/reschedule 2026-12-05 24:00", f"Write it like `/reschedule [POST] 2026-12-05 10:00`. {BRACKETS}"),
        ("> Hm.\n/hold", STANDS_IN),
        ("- Il pleut.\n/freeze vite", STANDS_IN),
        ("/hold\n---", STANDS_IN),
        ("/hold me now", f"Write it like `/hold [POST]`. {BRACKETS}"),
        ("/hold --all", f"Write it like `/hold [POST]`. {BRACKETS}"),
        ("/retry portes", f"Write it like `/retry KEY`. {KEY_IS}"),
        ("/settle portes@journal sent", f"Write it like `/settle KEY sent URL | not-sent | never`. {KEY_IS}"),
        ("/thaw please", "Write it like `/thaw`."),
        ("/frezze x", f"There is no such command. Did you mean `/freeze [REASON]`?\n\n{help_text()}"),
        ("/unfreeze", f"There is no such command. Did you mean `/thaw`?\n\n{help_text()}"),
        ("/hold\n" * (MOST_COMMANDS + 1), "A comment carries out at most 10 commands."),
    ],
)
def test_what_is_wrong_is_told(text: str, fault: str) -> None:
    assert [command.fault for command in parse_comment(text)] == [fault]


@pytest.mark.parametrize("text", ["`a`" * 7000, "[" * 20_000, "a `x`\n" * 3000, "/a\n" * 7000, "/hold\n" * 3000, "![a](b)" * 2800, "> " * 10_000, "*a_" * 7000])  # fmt: skip
def test_c12_a_hostile_comment_is_read_in_a_moment(text: str) -> None:
    began = time.process_time()
    parse_comment(text)
    assert time.process_time() - began < 5


def test_several_commands_keep_their_order() -> None:
    assert [command.name for command in parse_comment("/freeze a\n/thaw\n\nEt puis\n/hold")] == ["freeze", "thaw", "hold"]


@given(st.text() | st.lists(st.sampled_from(["/hold", "`", "```", "<!--", "-->", "> ", "\n", " ", "\t", "- ", "x", "/settle a@b sent u", "\r"])).map("".join))  # fmt: skip
def test_any_comment_is_read(text: str) -> None:
    for command in parse_comment(text):
        assert command.fault or command.name in USAGES


@given(st.text())
def test_nothing_gets_out_of_code(text: str) -> None:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark")
    tokens = markdown.parse(lines_block(text.split("\n")) + "\n\nend")
    assert [token.type for token in tokens][:2] == ["fence", "paragraph_open"]
    shown = [child for token in markdown.parse(f"a {link(text)} b") for child in token.children or ()]
    assert {child.type for child in shown} <= {"text", "code_inline", "link_open", "link_close"}


def test_a_text_is_as_long_as_a_forge_takes() -> None:
    assert joined(["a", "b"]) == "a\n\nb"
    many = joined(f"- {'x' * 90} {number}" for number in range(2000))
    assert 59_000 < len(many) < 60_100 and many.endswith(" more are not shown.")


def test_a_hidden_line_counts_at_the_beginning_only() -> None:
    text = marked("answer", "Done.", comment=7, by=103)
    assert fields_of("answer", text) == {"comment": "7", "by": "103"} == fields_of("answer", text.replace("\n", "\r\n"))
    assert fields_of("sent", text) is None and fields_of("answer", f"> {text}") is None and fields_of("answer", f"x\n{text}") is None
