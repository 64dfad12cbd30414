"""Hostile content is refused within a second, with a finding at its place, and nothing else is lost."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marronnier import desk
from marronnier.files import WorkTree, document
from marronnier.model.finding import Finding
from reading.repository import front, load, only, post, rules

REFUSED = [
    ("test_c01_python_tag", "tags: !!python/object/apply:os.system [id]", "unreadable", 2, 7, "tag"),
    ("test_c01_anchor", "tags: &a [x]", "unreadable", 2, 7, "anchor"),
    ("test_c01_alias", "tags: *a", "unreadable", 2, 7, "alias"),
    ("test_c01_merge", "for:\n  journal:\n    <<: {link: x}", "unreadable", 4, 5, "merge key"),
    ("test_c01_duplicate", "pillar: a\npillar: b", "unreadable", 3, 1, "lines 2 and 3"),
    ("test_c01_nested_duplicate", "allow: {clash: a, clash: b}", "unreadable", 2, 19, "lines 2 and 2"),
    ("test_c01_key_that_is_a_list", "? [a]\n: b", "unreadable", 2, 3, "where a key should"),
    ("test_c02_depth", "tags: " + "[" * 9 + "]" * 9, "unreadable", 2, 14, "deep"),
    ("test_c07_escaped_nul", 'title: "a\\0b"', "unreadable", 2, 8, "hidden"),
    ("test_c07_line_separator", "title: a\u2028b", "unreadable", 2, 9, "hidden"),
    ("quote_never_closed", 'tags: ["a', "unreadable", 2, None, "never closed"),
    ("no_mapping", "- a", "unreadable", 2, 1, "where keys should be"),
    ("not_yaml", "channels: a: b", "unreadable", 2, None, "colon"),
]


@pytest.mark.parametrize(("name", "text", "rule", "line", "column", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_c01_c02_c07_hostile_front_matter_is_refused(
    tmp_path: Path, name: str, text: str, rule: str, line: int, column: int | None, said: str
) -> None:
    found = front(tmp_path, *text.split("\n"))
    first = found.findings[0]
    assert first.rule == rule
    assert first.place.line == line
    assert column in (None, first.place.column)
    assert said in first.message
    assert first.next or first.expected
    assert found.posts == {}
    assert found.unreadable_posts == {"content/posts/a.md": "a"}


def test_c02_billion_laughs_is_refused_at_once(tmp_path: Path) -> None:
    lines = ["a: &a [x, x]"] + [f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)]
    began = time.perf_counter()
    found = front(tmp_path, *lines)
    assert time.perf_counter() - began < 1
    assert any("anchor" in finding.message for finding in found.findings)
    assert found.posts == {}


@pytest.mark.parametrize(
    "text", ["[" * 20_000, "- " * 20_000 + "a", "{a: " * 15_000, "? " * 20_000, "a:\n" + "".join(" " * n + "- \n" for n in range(300))]
)
def test_c02_deep_nesting_is_refused_at_once(tmp_path: Path, text: str) -> None:
    began = time.perf_counter()
    found = front(tmp_path, "tags: " + text if "\n" not in text else text)
    assert time.perf_counter() - began < 1
    assert set(rules(found)) == {"unreadable"}


def test_c02_heavy_front_matter_is_refused_before_parsing(tmp_path: Path) -> None:
    found = front(tmp_path, *[f"k{n}: &a x" for n in range(10_000)])
    assert "65536" in only(found).message


def test_c12_a_hundred_megabytes_are_refused_unopened(tmp_path: Path) -> None:
    load(tmp_path)
    file = tmp_path / "content/posts/big.md"
    file.parent.mkdir(parents=True)
    with file.open("wb") as opened:
        opened.truncate(100 << 20)
    began = time.perf_counter()
    found = desk.load(WorkTree(tmp_path))
    assert time.perf_counter() - began < 1
    assert "104857600" in only(found).message


@pytest.mark.parametrize(
    ("data", "place", "said"),
    [
        (b"---\ntitle: caf\xe9\n---\n", (2, 11), "0xe9"),
        (b"\xef\xbb\xbf---\ntitle: \xc3\xa9\xff\n---\n", (2, 9), "0xff"),
        (b"---\r\ntitle: a\r\n---\r\n\xff", (4, 1), "0xff"),
        (b"---\ntitle: a\n---\nx\xed\xa0\x80", (4, 2), "0xed"),
        (b"---\ntitle: a\x00b\n---\n", (2, 9), "U+0000"),
        (b"---\ntitle: a\n---\nab\x1b[31m", (4, 3), "U+001B"),
        ("---\ntitle: a\n---\n".encode("utf-16"), (1, 1), "UTF-16"),
        (b"---\ntitle: a\n", (1, 1), "never closed"),
        (b'{\n"title": "a"\n}\n', (1, 1), "JSON"),
    ],
)
def test_c07_bytes_that_are_not_text(tmp_path: Path, data: bytes, place: tuple[int, int], said: str) -> None:
    finding = only(post(tmp_path, data))
    assert finding.rule == "unreadable"
    assert (finding.place.line, finding.place.column) == place
    assert said in finding.message


def test_c07_bom_crlf_and_accents_are_normalised(tmp_path: Path) -> None:
    text = "---\ntitle: Fe\u0302te d'e\u0301te\u0301 : oui\nowner: @x\n---\n\nUn e\u0301te\u0301.\n\n## @journal\nDeux.\n"
    plain = post(
        tmp_path / "a", "---\ntitle: F\u00eate d'\u00e9t\u00e9 : oui\nowner: @x\n---\n\nUn \u00e9t\u00e9.\n\n## @journal\nDeux.\n"
    ).posts["a"]
    odd = post(tmp_path / "b", ("\ufeff" + text.replace("\n", "\r\n")).encode()).posts["a"]
    assert odd.front == plain.front
    assert [variant.text for variant in odd.variants] == [variant.text for variant in plain.variants] == ["Un \u00e9t\u00e9.", "Deux."]
    assert [variant.line for variant in odd.variants] == [6, 9]
    assert odd.places[("owner",)] == (3, 8)


DATES = [
    "2026-02-30",
    "2026-13-01",
    "9999-01-01",
    "10000-01-01",
    "2027-02-29",
    "2026-12-05 24:00",
    "2026-12-05 10:00:60",
    "2026-12-05 10:00 +15:00",
    "demain",
    "05/12/2026",
    "[a]",
]


@pytest.mark.parametrize("date", DATES)
def test_c04_dates_that_do_not_exist(tmp_path: Path, date: str) -> None:
    finding = only(front(tmp_path, f"date: {date}", "pillar: x"))
    assert finding.rule == "invalid-date"
    assert str(finding.place) == "content/posts/a.md:2:7"
    assert finding.expected
    assert "Error" not in str(finding) and "Input" not in str(finding)


def test_c13_symbolic_links_and_paths_outside_are_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    root = tmp_path / "brand-folder"
    load(root, {"content/media/a.jpg": b"x"})
    (root / "content/posts").mkdir()
    (root / "content/posts/a.md").symlink_to(secret)
    (root / "content/media/b.jpg").symlink_to(secret)
    (root / "content/out").symlink_to(tmp_path)
    (root / "content/media/proc").symlink_to("/proc/self")
    tree = WorkTree(root)
    found = desk.load(tree)
    assert found.posts == {}
    assert {finding.place.path for finding in found.findings} == {
        "content/posts/a.md",
        "content/media/b.jpg",
        "content/out",
        "content/media/proc",
    }
    ways = [
        "content/posts/a.md",
        "content/media/b.jpg",
        "content/out/secret",
        "content/media/proc/environ",
        "../secret",
        "content/../../secret",
        "/etc/passwd",
        "content//a",
        "content/media/.",
        "",
        "C:/x",
        "content\\media",
        "content/media",
    ]
    for path in ways:
        assert not tree.exists(path), path
        assert tree.sha256(path) == "", path
        with pytest.raises(OSError):
            tree.read(path)
    assert tree.read("content/media/a.jpg") == b"x"


def test_c13_a_file_that_turns_into_a_link_is_not_followed(tmp_path: Path) -> None:
    load(tmp_path, {"content/posts/a.md": "---\n---\n"})
    tree = WorkTree(tmp_path)
    tree.paths()
    (tmp_path / "content/posts/a.md").unlink()
    (tmp_path / "content/posts/a.md").symlink_to("/etc/passwd")
    with pytest.raises(FileNotFoundError):
        tree.read("content/posts/a.md")
    assert tree.sha256("content/posts/a.md") == ""


def test_c12_odd_file_names(tmp_path: Path) -> None:
    names = ["a\nb.md", "-x.md", "a;b.md", "é" * 100 + ".md", "x" * 252 + ".md"]
    found = load(tmp_path, {f"content/posts/{name}": "---\npillar: x\n---\n" for name in names})
    lines = [str(finding) for finding in found.findings]
    assert all("\n" not in line for line in lines)
    assert len(lines) == 5, lines
    assert found.posts == {}


def test_c12_names_that_differ_only_by_capitals(tmp_path: Path) -> None:
    found = load(tmp_path, {"content/media/A.jpg": b"1", "content/media/a.jpg": b"2"})
    assert "capitals" in only(found).message


def test_a_file_without_permission_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() == 0:
        tree = WorkTree(tmp_path)

        def locked(path: str) -> bytes:
            raise PermissionError(13, "Permission denied", path)

        load(tmp_path, {"content/posts/a.md": "---\n---\n"})
        monkeypatch.setattr(tree, "read", locked)
        found = desk.load(tree)
    else:
        load(tmp_path, {"content/posts/a.md": "---\n---\n"})
        (tmp_path / "content/posts/a.md").chmod(0)
        found = desk.load(WorkTree(tmp_path))
    assert any("Permission denied" in finding.message and finding.place.path == "content/posts/a.md" for finding in found.findings)


def test_one_bad_value_does_not_hide_the_others(tmp_path: Path) -> None:
    found = front(tmp_path, "date: hier", "pilar: voisins", "format: poste", "media:", "  - {src: a.jpg, atl: x}", "poll: {options: [a]}")
    assert rules(found) == ["invalid-date", "unknown-key", "invalid-value", "unknown-key", "invalid-value"]
    assert [finding.place.line for finding in found.findings] == [2, 3, 4, 6, 7]
    assert "pillar" in found.findings[1].next
    assert "alt" in found.findings[3].next
    assert "post" in found.findings[2].next


@settings(max_examples=300)
@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"---\n{text}\n---\nx".encode("utf-8", "surrogatepass")))
def test_any_bytes_are_parsed_or_reported(data: bytes) -> None:
    from marronnier.desk import post_parser

    read = document.parse_markdown("content/posts/a.md", data)
    made, _post_id, findings = post_parser.parse_post(read, "0")
    assert (made is None) == any(finding.level == "error" for finding in findings)
    for finding in findings:
        assert finding.place.line >= 1 and finding.place.column >= 1
        assert "\n" not in str(finding).replace("\\n", "")
        assert isinstance(finding, Finding) and finding.message
    document.parse_yaml("brand/brand.yml", data)


YAMLISH = st.text(st.sampled_from(list("ab:-#'\"[]{}&*!|>%@` \n\t,?é~\\")), max_size=60)


@settings(max_examples=400)
@given(YAMLISH, st.sampled_from(["title", "tags", "media", "date", "for", "on_missed", "sensitive"]))
def test_anything_like_yaml_is_parsed_or_reported(text: str, key: str) -> None:
    from marronnier.desk import post_parser

    read = document.parse_markdown("content/posts/a.md", f"---\n{key}: {text}\n---\n".encode())
    made, _post_id, findings = post_parser.parse_post(read, "0")
    assert made is not None or findings
