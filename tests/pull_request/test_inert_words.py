"""Whatever words people write, a report of them mentions nobody, refers to nothing, leads nowhere else and keeps within a comment."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marronnier.approval.approvers import ApprovalStanding, QuorumStanding
from marronnier.model.approval_policy import Approver, Policy
from marronnier.model.finding import Finding, Place
from marronnier.model.plan import Approval
from marronnier.model.publication import Picture, Publication
from marronnier.model.where import Where
from marronnier.pull_request.blocks import COMMENT_LIMIT, Block, fit
from marronnier.pull_request.contents import ChangedPublication, MovedPlace, PolicyChange, PullRequestContents
from marronnier.pull_request.report import ReportLinks, compose
from marronnier.text.escapes import escape_controls
from marronnier.text.markdown_code import code_block, code_span, narrow_code_block, plain_or_code
from people import Town
from pull_request.conftest import contents_of
from pull_request.inert import acting, code_of, paragraphs_of
from teamwork import PATH, POST, Team


def examples(everyday: int) -> int:
    """How many cases are tried: many more in `make proof`."""
    return everyday * 50 if os.environ.get("MARRONNIER_PROOF") else everyday


# fmt: off
NASTY = [
    "@everyone", "@jardin", "fixes #12", "Closes GH-7", "owner/repo#3", "https://evil.example/a?b=c", "www.evil.example", "<https://x.example>",
    "![x](https://evil.example/p.png)", "[x](javascript:alert(1))", "<img src=https://evil.example>", "<script>alert(1)</script>", "<!--", "-->",
    "</div>", "```", "````", "~~~", "`", "``", "\n```\n@all\n```\n", "    @indented", "\n\n# Title\n\n", "| a | b |\n|---|---|", ":tada:", "$x$",
    "$$\nx\n$$", "[^1]", "\n- [ ] x", "> [!NOTE]", "&#64;here", "\u202eabc", "\u200b@x", "0123456789abcdef", "a@b.example", "\r\n", "\0", "\ud800",
    "##[add-mask]x", "::set-output name=x::y", "\x1b[31m", "<details open>", "\\", "\\`", "*b*", "_i_", "-- ", "1) ", "* ", "+ ", "👨‍👩‍👧", "é", "نفتح",
    "<!-- marronnier:report head=x -->", "\u2028", "\t", "[!CAUTION]", "```mermaid\ngraph TD\n```", "user@example.org", "x" * 90, " ",
]
# fmt: on
WORDS = st.lists(st.sampled_from(NASTY) | st.text(max_size=12), max_size=6).map("".join)
LINES = WORDS.map(lambda text: text.replace("\n", " ").replace("\r", " "))
OWN = ReportLinks(line=lambda _path, line: f"https://forge.example/7#{line}", preview="https://forge.example/runs/1", takes_reviews=True)


@given(WORDS)
@settings(max_examples=examples(120))
def test_c17_words_in_code_act_on_nothing(text: str) -> None:
    assert not acting(f"before {code_span(text)} after")
    assert not acting(f"- {plain_or_code(text)}: x\n- y")
    assert not acting(f"a\n\n{code_block(text)}\n\nb") or "\0" in text
    narrow = narrow_code_block(text, 38)
    assert not acting(f"a\n\n{narrow}\n\nb")
    assert paragraphs_of(f"a\n\n{narrow}\n\nb") == ["a", "b"]


@pytest.mark.parametrize("space", ["\u00a0", "\u202f"])
@pytest.mark.parametrize("name", ["brand/channels.yml", "verger@journal", "#12", "U+200B"])
def test_a_no_break_space_ends_what_a_sentence_names(name: str, space: str) -> None:
    """French puts one before a colon and inside quotation marks."""
    assert plain_or_code(f"Voir {name}{space}: «{space}{name}{space}»") == f"Voir `{name}`{space}: «{space}`{name}`{space}»"


@given(st.text(alphabet="abé👩‍👧 \nنx", max_size=200), st.integers(4, 40))
def test_a_narrow_block_keeps_every_word(text: str, width: int) -> None:
    (shown,) = code_of(narrow_code_block(text, width))
    mark = "↳ "
    again = shown.removesuffix("\n").replace(f"\n{mark}", "")
    assert again == "\n".join(map(escape_controls, text.split("\n")))


@pytest.fixture(scope="module")
def base(town: Town, tmp_path_factory: pytest.TempPathFactory) -> PullRequestContents:
    """What a branch with one post for three networks would change."""
    team = Team(town, town.found(tmp_path_factory.mktemp("inert") / "repo"))
    channels = (team.folder / "brand/channels.yml").read_text()
    more = "  pouet: {network: mastodon, account: '@jardin@social.example'}\n  ciel: {network: bluesky, account: jardin.example}\ngroups:"
    team.commit({"brand/channels.yml": channels.replace("groups:", more)})
    team.branch("portes")
    team.commit({PATH: POST.replace("[journal]", "[journal, pouet, ciel]")})
    return contents_of(team)


def with_words(base: PullRequestContents, text: str, line: str, tag: str) -> PullRequestContents:
    """The contents with these words wherever people's words can stand."""
    publications = []
    picture = Picture(f"content/media/{line}.jpg", "0" * 64, line, line)
    policy = Policy(approvers={"karim": Approver(name=line)})
    standing = ApprovalStanding((QuorumStanding(1, (), ("karim",), ("karim",), (("ines", line),)),), Approval(False), policy)
    for one in base.publications:
        publication = one.change.publication
        post = replace(publication.post, front=publication.post.front.replace(title=line or None))
        words = replace(
            publication.words, text=text, title=line, poll=(line, tag), poll_minutes=60, first_comment=text, warning=line, tags=(tag,), link=line,
            media=(picture,), lang=tag[:5],
        )  # fmt: skip
        made = Publication(post, line or "journal", publication.channel, words)
        instant = replace(one.change.instant, note=line)
        publications.append(ChangedPublication(replace(one.change, publication=made, instant=instant), standing, one.line))
    findings = tuple(Finding(line, level, Place(PATH, 3), line, text, line) for level in ("error", "warning", "notice"))  # type: ignore[arg-type]
    place = Where("mastodon", line, tag, (("token", line),))
    return replace(
        base,
        name=line,
        publications=tuple(publications),
        findings=findings,
        files=(PATH, f".github/{line}", line),
        also_changed=(line,),
        policy=PolicyChange(
            (line, text), (MovedPlace(line, None, place), MovedPlace(tag, place, replace(place, account=tag))), False, line, True
        ),
    )


READABLE = WORDS.filter(lambda text: text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text))
"""What a file in UTF-8 can hold."""


@given(text=READABLE, line=READABLE.map(lambda text: text.replace("\n", " ").replace("\r", " ")), tag=LINES.filter(str.isascii))
@settings(max_examples=examples(40))
def test_c17_a_report_of_any_words_acts_on_nothing(base: PullRequestContents, text: str, line: str, tag: str) -> None:
    report = compose(with_words(base, text, line, tag), OWN)
    assert not acting(report)
    assert len(report) <= COMMENT_LIMIT
    assert paragraphs_of(report)[-1].startswith("<sub>")


@given(st.integers(1, 60), st.sampled_from(["été ", "👨‍👩‍👧 ", "`", "``` ", "x" * 50, "\u202e", "نفتح "]), st.integers(1, 3000))
@settings(max_examples=examples(6))
def test_a_report_is_never_longer_than_a_comment(base: PullRequestContents, count: int, piece: str, length: int) -> None:
    one = base.publications[0]
    finding = Finding("clash", "warning", Place(PATH, 3), piece * 20)
    text = (piece * length)[:30_000]
    words = replace(one.change.publication.words, text=text)
    many = tuple(
        replace(one, change=replace(one.change, publication=replace_id(one.change.publication, words, number))) for number in range(count)
    )
    contents = replace(base, publications=many, findings=(replace(finding, level="error"), finding) * count)
    report = compose(contents, OWN)
    assert len(report.encode("utf-16-le")) // 2 <= COMMENT_LIMIT
    assert not acting(report)
    assert paragraphs_of(report)[-1].startswith("<sub>")
    if count * length * len(piece) > 500_000:
        assert "Not everything fits into this report:" in report or "more than a report can hold" in report


def replace_id(publication: Publication, words: object, number: int) -> Publication:
    return Publication(replace(publication.post, id=f"p{number}"), publication.channel_name, publication.channel, words)  # type: ignore[arg-type]


def test_what_is_shortened_first_is_stated() -> None:
    blocks = [Block("e" * 50, 0, kind="error"), Block("w" * 50, 40, kind="warning"), Block("n" * 50, 50, kind="notice"),
              Block("p" * 50, 30, "p", 10, "publication"), Block("q" * 50, 30, "q", 10, "publication")]  # fmt: skip
    shown = {room: fit(blocks, 2000 + room).text.replace("\n", "") for room in (400, 250, 210, 150, 100, 62, 61)}
    assert {room: "".join(sorted(set(text))) for room, text in shown.items()} == {
        400: "enpqw", 250: "epqw", 210: "epqw", 150: "epq", 100: "epq", 62: "epq", 61: "ep",
    }  # fmt: skip
    assert [len(fit(blocks, 2000 + room).text.replace("\n", "")) for room in (150, 100)] == [101, 52]


def test_thousands_of_publications_fit_too(base: PullRequestContents) -> None:
    one = base.publications[0]
    words = one.change.publication.words
    many = tuple(
        replace(one, change=replace(one.change, publication=replace_id(one.change.publication, words, number))) for number in range(10_000)
    )
    report = compose(replace(base, publications=many, files=tuple(f".github/{'x' * 200}{number}" for number in range(3000))), OWN)
    assert len(report) <= COMMENT_LIMIT
    assert "publications are not shown in full. Read the rest in the preview before you approve it." in report
    assert "and 2980 more" in report


def test_no_block_is_cut() -> None:
    blocks = [Block("head"), *(Block(code_block(f"{number} " + "x" * 500), 30, f"- {number}", 10, "publication") for number in range(200))]
    fitted = fit(blocks, 9000)
    whole = [code for code in code_of(fitted.text) if len(code) > 500]
    assert 0 < len(whole) < 20
    assert fitted.left_out["publication"] == 200 - len(whole)
