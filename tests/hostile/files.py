"""More than three hundred hostile files, made here and always the same: YAML, words, paths and pictures, by the row of attack they belong to.

Each says what must come of it. `refused`: an error, by one of these rules. `told`: a finding, by one of these rules. `passes`: nothing is
refused, because the file is harmless as it is read; why, stands beside it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

POST = "content/posts/2026/12/a.md"
Files = dict[str, bytes]


@dataclass(frozen=True)
class Hostile:
    """One hostile file, with what it needs around it."""

    row: str
    """Of the list of attacks: `c01`."""
    name: str
    outcome: str
    """`refused`, `told` or `passes`."""
    rules: frozenset[str]
    """One of them tells it."""
    files: Files = field(repr=False, default_factory=dict)
    special: Callable[[Path], None] | None = None
    """What is no plain file."""
    why: str = ""
    """Why it may pass."""

    @property
    def id(self) -> str:
        return f"{self.row}-{self.name}"

    def lay(self, root: Path) -> None:
        """Put it into a brand."""
        for path, data in self.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(data)
        if self.special is not None:
            self.special(root)


def post(front: str = "", words: str = "Venez.", *, title: str = "A", date: str = "2026-12-05 10:00") -> bytes:
    lines = [f"title: {title}" if title else "", f"date: {date}" if date else "", "channels: [journal]", front]
    return ("---\n" + "\n".join(line for line in lines if line) + f"\n---\n{words}\n").encode("utf-8", "surrogatepass")


def named(
    row: str, outcome: str, rules: str, files: Files, name: str, *, special: Callable[[Path], None] | None = None, why: str = ""
) -> Hostile:
    return Hostile(row, name, outcome, frozenset(rules.split()), files, special, why)


def many(row: str, rules: str, posts: dict[str, bytes], outcome: str = "refused", why: str = "") -> Iterator[Hostile]:
    for name, data in posts.items():
        yield named(row, outcome, rules, {POST: data}, name, why=why)


def settings(row: str, rules: str, files: dict[str, tuple[str, str | bytes]]) -> Iterator[Hostile]:
    for name, (path, text) in files.items():
        yield named(row, "refused", rules, {path: text.encode() if isinstance(text, str) else text}, name)


def c01() -> Iterator[Hostile]:
    """YAML that is more than data."""
    tags = ["!!python/object/apply:os.system [id]", "!!python/name:os.system", "!!python/object/new:subprocess.Popen [[id]]", "!!binary aGk=", "!!set {a, b}",
            "!!omap [a: 1]", "!!timestamp 2026-12-05", "!!float 1", "!!null x", "!own x", "!<tag:yaml.org,2002:python/none> x", "!", "!!merge x", "!!str a"]  # fmt: skip
    yield from many("c01", "unreadable", {f"tag-{number}": post(f"tags: [{tag}]") for number, tag in enumerate(tags)})
    yield from many(
        "c01", "unreadable unknown-pillar", {f"tag-in-a-text-{number}": post(f"pillar: {tag}") for number, tag in enumerate(tags)}
    )
    points = {
        "anchor": "pillar: &a jardin", "alias": "pillar: *a", "anchor-on-key": "&a pillar: jardin", "anchor-in-list": "tags: [&a x, *a]",
        "anchor-on-mapping": "for: &a {journal: {title: B}}", "alias-as-key": "*a : b", "merge": "for:\n  journal:\n    <<: {title: B}",
        "merge-at-the-top": "<<: {pillar: jardin}", "merge-of-a-list": "<<: [{a: b}, {c: d}]", "twice": "pillar: jardin\npillar: lectures",
        "twice-quoted": "pillar: jardin\n\"pillar\": lectures", "twice-nested": "allow: {clash: a, clash: b}", "three-times": "tags: [a]\ntags: [b]\ntags: [c]",
        "key-is-a-list": "? [a]\n: b", "key-is-a-mapping": "? {a: b}\n: c", "key-is-a-block": "? |\n  a\n: b", "directive": "%YAML 1.1\npillar: jardin",
        "second-document": "pillar: jardin\n...\n--- !!python/none\nx: y", "tab": "\tpillar: jardin", "unclosed-quote": 'pillar: "jardin', "unclosed-list": "tags: [a, b",
        "unclosed-mapping": "for: {journal: {title: B}", "colon-in-a-value": "channels: a: b", "backtick": "pillar: `id`", "percent": "pillar: %x", "at": "pillar: @x",
        "question": "pillar: ? x", "bar-then-text": "pillar: | x", "comma-at-first": "tags: [, a]",
    }  # fmt: skip
    read_as_text = {"backtick", "percent", "at"}
    yield from many(
        "c01",
        "unreadable unknown-key invalid-value unknown-pillar",
        {name: post(text) for name, text in points.items() if name not in read_as_text},
    )
    yield from many(
        "c01", "unreadable unknown-pillar unknown-key invalid-value", {name: post(points[name]) for name in sorted(read_as_text)}, "told"
    )
    yield from settings("c01", "unreadable invalid-date", {
        "tag-in-the-brand": ("brand/brand.yml", "name: A\nzone: Europe/Brussels\nutm: !!python/object/apply:os.system [id]\n"),
        "alias-in-the-channels": ("brand/channels.yml", "channels:\n  a: &a {network: feed}\n  b: *a\n"),
        "merge-in-the-approvals": ("brand/approvals.yml", "quorum: 1\napprovers:\n  a: &x {name: A}\n  b:\n    <<: *x\n"),
        "quorum-twice": ("brand/approvals.yml", "quorum: 2\nquorum: 0\n"),
        "tag-in-the-slots": ("calendar/slots.yml", "slots: !!python/none {}\n"),
        "tag-in-the-days": ("calendar/days.yml", "days: [!!python/none x]\n"),
        "tag-in-a-campaign": ("calendar/campaigns/x.md", "---\ntitle: A\nstart: !!python/none x\n---\n"),
        "tag-in-the-freeze": ("calendar/freeze.yml", "why: A\nuntil: !!python/none x\n"),
    })  # fmt: skip


def c02() -> Iterator[Hostile]:
    """A little that becomes much."""
    laughs = "\n".join(["a: &a [x, x]"] + [f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]" for n in range(20)])
    deep = {
        "laughs": laughs, "lists": "tags: " + "[" * 20_000, "mappings": "for: " + "{a: " * 15_000, "dashes": "tags:\n  " + "- " * 20_000 + "a",
        "questions": "? " * 20_000, "closed-lists": "tags: " + "[" * 5_000 + "]" * 5_000, "nine-deep": "tags: " + "[" * 9 + "]" * 9,
        "stairs": "a:\n" + "".join(" " * n + "- \n" for n in range(300)), "stairs-of-keys": "\n".join(" " * n + "a:" for n in range(200)),
        "many-keys": "\n".join(f"k{n}: x" for n in range(10_000)), "one-long-key": "k" * 60_000 + ": x", "long-value-of-an-unknown-key": "k: " + "x" * 60_000,
        "many-anchors": "\n".join(f"k{n}: &a{n} x" for n in range(3_000)), "a-hundred-thousand-quotes": 'pillar: "' + '\\"' * 30_000,
        "many-tags": "tags: [" + ", ".join("!a b" for _ in range(5_000)) + "]", "comment-of-a-megabyte": "# " + "x" * 1_000_000,
        "front-matter-of-a-megabyte": "pillar: " + "x" * 1_000_000, "many-duplicates": "\n".join("pillar: x" for _ in range(5_000)),
        "brackets-and-braces": "tags: " + "[{" * 5_000, "escapes": 'pillar: "' + "\\u0041" * 10_000 + '"', "folded-forever": "pillar: >\n" + "  x\n\n" * 15_000,
    }  # fmt: skip
    yield from many("c02", "unreadable unknown-key invalid-value unknown-pillar", {name: post(text) for name, text in deep.items()})
    yield from settings("c02", "unreadable invalid-value unknown-key", {
        "laughs-in-the-brand": ("brand/brand.yml", laughs),
        "deep-channels": ("brand/channels.yml", "channels: " + "{a: " * 15_000),
        "heavy-strategy": ("brand/strategy.yml", "mission: " + "x" * 3_000_000),
        "many-channels": ("brand/channels.yml", "channels:\n" + "".join(f"  c{n}: {{network: nowhere}}\n" for n in range(1_000))),
        "circle-of-groups": ("brand/channels.yml", "channels:\n  journal: {network: feed, nme: x}\ngroups:\n  a: [b]\n  b: [a]\n"),
        "deep-days": ("calendar/days.yml", "days: " + "[" * 9_000),
        "deep-voice": ("brand/voice.yml", "banned: " + "[" * 9_000),
        "handles-that-explode": ("brand/handles.yml", "handles:\n  a: &a {name: A}\n" + "".join(f"  b{n}: *a\n" for n in range(500))),
    })  # fmt: skip
    yield named(
        "c02", "refused", "invalid-date invalid-value", {POST: post("repeat: FREQ=SECONDLY;COUNT=999999999")}, "repeat-every-second"
    )
    yield named("c02", "refused", "invalid-date invalid-value", {POST: post("repeat: FREQ=DAILY")}, "repeat-for-ever")
    yield named("c02", "refused", "invalid-date invalid-value", {POST: post("repeat: FREQ=DAILY;UNTIL=99991231")}, "repeat-until-9999")


def c03() -> Iterator[Hostile]:
    """Values that YAML 1.1 makes into something else."""
    yield from many("c03", "", {
        f"title-{number}": post(title=text) for number, text in enumerate(["NO", "010", "12:30:00", "0x1F", "1e3", "~", "yes", "on", "1_000", "0b11", ".inf", "2026-12-05", "null"])
    }, "passes", "a title is the text that was typed")  # fmt: skip
    yield from many("c03", "invalid-value invalid-date unknown-pillar unknown-key unknown-campaign", {
        "sensitive-is-a-number": post("thread: 010"), "draft-is-a-word": post("draft: perhaps"), "pillar-no": post("pillar: NO"), "date-is-a-number": post(date="20261205"),
        "date-is-a-float": post(date="1.5"), "date-is-sexagesimal": post(date="12:30:00"), "format-is-a-number": post("format: 1e3"), "grace-is-negative": post("grace: -2 h"),
        "channels-are-numbers": post("campaign: 010"), "poll-is-a-word": post("poll: yes"),
    })  # fmt: skip


def c04() -> Iterator[Hostile]:
    """Dates that do not exist."""
    wrong = ["2026-02-30", "2026-13-01", "9999-12-31", "10000-01-01", "2027-02-29", "2026-12-05 24:00", "2026-12-05 10:00:60", "2026-12-05 10:00 +15:00",
             "2026-12-05 25:61", "0000-00-00", "-1", "05/12/2026", "demain", "[a]", "{a: b}", "2026-12-05T10:00:00Z[Europe/Paris]", "2026-12-05 10:00 CET",
             "١٢-٠٥-٢٠٢٦", "2026-12-05 10h00 du matin", "2026-W49-6", "1e308", "9" * 5_000, "2026-12-05 " + "1" * 5_000, "2026-12-05 10:00 +99:99"]  # fmt: skip
    yield from many("c04", "invalid-date invalid-value past-date", {f"date-{number}": post(date=text) for number, text in enumerate(wrong)})
    yield from many(
        "c04",
        "invalid-date invalid-value",
        {"expires": post("expires: 2026-02-30"), "for-a-channel": post("for: {journal: {date: 2026-02-30}}")},
    )


def c05() -> Iterator[Hostile]:
    """Hours that are not there, or are there twice."""
    gone = {f"missing-{text[-5:-3]}-{text[-2:]}": post(date=text) for text in ("2027-03-28 02:00", "2027-03-28 02:30", "2027-03-28 02:59")}
    twice = {f"twice-{text[-5:-3]}-{text[-2:]}": post(date=text) for text in ("2027-10-31 02:00", "2027-10-31 02:30", "2027-10-31 02:59")}
    yield from many("c05", "nonexistent-local-time", gone)
    yield from many("c05", "ambiguous-local-time", twice)
    yield from many("c05", "nonexistent-local-time", {"for-a-channel": post("for: {journal: {date: 2027-03-28 02:30}}")})


def c06() -> Iterator[Hostile]:
    """Zones that are none."""
    zones = ["EST", "GMT+2", "UTC+1", "Europe/Nowhere", "../../etc/passwd", "/etc/localtime", "Europe/../../../etc/passwd", "", "Europe/Brussels\\0", "localtime", "posixrules",
             "A" * 10_000, "Europe", "tzdata.zi", "Etc/GMT+2"]  # fmt: skip
    for number, zone in enumerate(zones):
        yield named(
            "c06",
            "refused",
            "invalid-value unreadable",
            {"brand/brand.yml": f'name: A\nzone: "{zone}"\n'.encode(), POST: post()},
            f"zone-{number}",
        )


def c07() -> Iterator[Hostile]:
    """Bytes that are no text."""
    bad = {
        "latin-1": "---\ntitle: café\n---\n".encode("latin-1"), "utf-16": post().decode().encode("utf-16"), "utf-16-be": post().decode().encode("utf-16-be"),
        "utf-32": post().decode().encode("utf-32"), "nul": post(words="a\0b"), "escape": post(words="a\x1b[31mb"), "bell": post(words="a\x07b"), "delete": post(words="a\x7fb"),
        "c1": post(words="a\u0085b\u009fc"), "surrogate": post(words="a\ud800b"), "overlong": b"---\ntitle: A\n---\n\xc0\xaf\n", "cut-off": b"---\ntitle: A\n---\n\xe2\x82",
        "five-bytes": b"---\ntitle: A\n---\n\xf8\x88\x80\x80\x80\n", "above-unicode": b"---\ntitle: A\n---\n\xf4\x90\x80\x80\n", "a-picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
        "random": bytes((number * 7919 + 13) % 251 for number in range(5_000)), "zeros": bytes(5_000), "never-closed": b"---\ntitle: A\n", "json": b'{\n"title": "a"\n}\n',
        "escaped-nul": post('pillar: "a\\0b"'), "line-separator": post("pillar: a\u2028b"), "gzip": b"\x1f\x8b\x08\0\0\0\0\0", "word": b"PK\x03\x04[Content_Types].xml",
        "shift-jis": "---\ntitle: 日本\n---\n".encode("shift-jis"), "utf-7": b"+/v8-\xff",
    }  # fmt: skip
    yield from many("c07", "unreadable", bad)
    yield named(
        "c07", "refused", "unreadable", {"brand/brand.yml": "name: Café\nzone: Europe/Brussels\n".encode("latin-1")}, "latin-1-in-the-brand"
    )
    yield from many("c07", "", {"windows": b"\xef\xbb\xbf" + post().replace(b"\n", b"\r\n"), "apart": post(words="E\u0301te\u0301.")}, "passes",
                    "they are normalised before any digest is taken")  # fmt: skip


def c08() -> Iterator[Hostile]:
    """Characters that hide what is there."""
    for number, character in enumerate("\u202a\u202b\u202d\u202e\u2066\u2067\u2068"):
        yield named("c08", "refused", "bidi-control", {POST: post(words=f"Venez {character}ici demain.")}, f"bidi-{number}")
    hidden = {"zero-width": "Ve\u200bnez.", "word-joiner": "Ve\u2060nez.", "tag": "Venez." + "".join(chr(0xE0000 + ord(one)) for one in "ignore"), "soft-hyphen-run": "Ve\u00ad\u00adnez.",
              "invisible-times": "Ve\u2062nez.", "hangul-filler": "Ve\u3164nez.", "variation-run": "Venez\ufe00\ufe01\ufe02.", "bom-within": "Ve\ufeffnez.",
              "variation-supplement": "Venez" + "".join(chr(0xE0100 + number) for number in range(20)) + "."}  # fmt: skip
    yield from many("c08", "invisible-character bidi-control", {name: post(words=text) for name, text in hidden.items()}, "told")
    yield from many(
        "c08", "bidi-control", {"in-the-title": post(title="Ve\u202enez"), "spelled-out": post(words="Venez &#x202e;ici demain.")}
    )
    yield from many("c08", "", {"a-family": post(words="👨‍👩‍👧 ❤️ 🏴󠁧󠁢󠁳󠁣󠁴󠁿"), "french": post(words="Oui\u00a0! Non\u202f? «\u00a0Ah\u00a0»"), "persian": post(words="می\u200cخواهم")}, "passes",
                    "emoji, French and Persian need these")  # fmt: skip


def c09() -> Iterator[Hostile]:
    """Addresses that look like others."""
    links = {"cyrillic": "https://аpple.example/", "mixed": "https://gооgle.com/", "userinfo": "https://example.org@evil.example/", "userinfo-and-word": "https://user:pass@evil.example/",
             "punycode": "https://xn--pple-43d.com/", "other-text": "[https://example.org](https://evil.example/)",
             "greek": "https://examplе.οrg/"}  # fmt: skip
    yield from many(
        "c09",
        "lookalike-link insecure-link secret-in-text",
        {name: post(words=f"Voici {link} pour tous.") for name, link in links.items()},
        "told",
    )


def c10() -> Iterator[Hostile]:
    """Addresses that run, or lead inside."""
    links = {"javascript": "javascript:alert(1)", "data": "data:text/html,<script>alert(1)</script>", "file": "file:///etc/passwd", "ip": "http://169.254.169.254/latest/meta-data",
             "decimal": "http://2130706433/", "octal": "http://0177.0.0.1/", "hexadecimal": "http://0x7f000001/", "ipv6": "http://[fe80::1]/", "mapped": "http://[::ffff:127.0.0.1]/",
             "zero": "http://0.0.0.0/", "vbscript": "vbscript:x", "plain-http": "http://example.org/"}  # fmt: skip
    yield from many(
        "c10",
        "insecure-link lookalike-link invalid-value",
        {f"words-{name}": post(words=f"Voici [ici]({link}) pour tous.") for name, link in links.items()},
        "told",
    )
    yield from many("c10", "insecure-link lookalike-link invalid-value", {f"link-{name}": post(f'link: "{links[name]}"') for name in ("javascript", "data", "file", "ip", "decimal", "ipv6")},
                    "told")  # fmt: skip


def c11() -> Iterator[Hostile]:
    """Words that a template engine would run."""
    said = ["{{ 7919*7919 }}", "{% raw %}", "{{ ''.__class__.__mro__ }}", "{% include '/etc/passwd' %}", "${{ secrets.TOKEN }}", "<%= system('id') %>", "#{7*7}",
            "[[marronnier:body]]", "<script>alert(1)</script>", "{{ config.items() }}", "--8<-- '/etc/passwd'", "::set-output name=a::b"]  # fmt: skip
    posts = {f"template-{number}": post(words=text) for number, text in enumerate(said) if not text.startswith("<script")} | {
        f"title-{n}": post(title=said[n]) for n in (0, 2, 4)
    }
    yield from many("c11", "", posts, "passes", "words are words: no template is ever made of them, and the site escapes them")
    yield from many("c11", "dropped-element empty-post", {"script": post(words=said[8])}, "told")

    yield from many("c11", "unreadable", {"title-that-yaml-cannot-begin": post(title=said[1])})


def _big(root: Path) -> None:
    with (root / "content/posts/2026/12/big.md").open("wb") as file:
        file.truncate(100 << 20)


def _pipe(root: Path) -> None:
    os.mkfifo(root / "content/posts/2026/12/pipe.md")


def _link(path: str, to: str) -> Callable[[Path], None]:
    def laid(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).symlink_to(to)

    return laid


def _folder(path: str) -> Callable[[Path], None]:
    return lambda root: (root / path).mkdir(parents=True)


def c12() -> Iterator[Hostile]:
    """Names and sizes that computers and people stumble over."""
    refused = {
        "newline": "a\nb",
        "return": "a\rb",
        "escape": "a\x1b[31m",
        "tab": "a\tb",
        "backslash": "a\\b",
        "line-separator": "a\u2028b",
        "not-utf-8": "a\udcff",
    }
    for name, stem in refused.items():
        yield named("c12", "refused", "unreadable", {f"content/posts/2026/12/{stem}.md": post()}, f"name-{name}")
    spoken = {"dash": "-rf", "semicolon": "a;id", "dollar": "$(id)", "quote": "a'b\"c", "space": "a b", "accents": "été", "arabic": "سؤال", "long": "x" * 200, "star": "*", "emoji": "🌳",
              "percent": "%2e%2e%2f", "at": "a@b", "tilde": "~a"}  # fmt: skip
    for name, stem in spoken.items():
        yield named("c12", "refused", "invalid-value", {f"content/posts/2026/12/{stem}.md": post(words=f"Venez {name}.")}, f"name-{name}")
    yield named(
        "c12",
        "refused",
        "unreadable",
        {"content/posts/2026/12/A.md": post(), "content/posts/2026/12/a.md": post(words="Restez.")},
        "capitals",
    )
    yield named(
        "c12",
        "refused",
        "duplicate-id",
        {POST: post("id: x"), "content/posts/2026/12/b.md": post("id: X", "Restez.", date="2026-12-07 10:00")},
        "same-id",
    )
    yield named("c12", "refused", "invalid-value unreadable", {POST: post("id: ../../etc/passwd")}, "id-leads-out")
    yield named("c12", "refused", "invalid-value unreadable", {POST: post("id: " + "x" * 300)}, "id-is-long")
    yield named("c12", "refused", "unreadable", {POST: post()}, "a-hundred-megabytes", special=_big)
    yield named("c12", "refused", "unreadable", {POST: post()}, "pipe", special=_pipe)
    yield named("c12", "refused", "unreadable", {POST: b"---\ntitle: A\n---\n" + b"mot " * 1_000_000}, "four-megabytes-of-words")
    yield named(
        "c12",
        "passes",
        "",
        {POST: post()},
        "folder-named-like-a-post",
        special=_folder("content/posts/2026/12/b.md"),
        why="a folder is a shelf",
    )
    yield named(
        "c12", "passes", "", {"content/posts/" + "d/" * 60 + "a.md": post()}, "sixty-folders-deep", why="folders are shelves, however deep"
    )
    words = {"long-line": "mot " * 10_000, "stars": "*a" * 20_000, "brackets": "[" * 20_000, "parts": "\n\n---\n\n".join("mot" for _ in range(3_000)), "quotes": "> " * 5_000 + "a",
             "backticks": "`a``b" * 10_000, "links": "[a](" * 5_000, "underscores": "_a_" * 10_000, "html": "<b>a" * 10_000, "lists": "\n".join("  " * n + "- a" for n in range(200)),
             "entities": "&amp;" * 10_000, "hashtags": "#a " * 10_000, "at-signs": "@a " * 10_000, "autolinks": "<https://example.org/" + "a" * 30_000 + ">", "pictures": "![a](" * 5_000,
             "bang-brackets": "![" * 10_000, "combining": "e\u0301" * 20_000, "entities-that-hide": "&#x202e;" * 10_000, "variants": "\n".join(f"## @c{n}\nx" for n in range(100_000))}  # fmt: skip
    long_posts = {f"words-{name}": post(words=text).replace(b"[journal]", b"[bluesky]") for name, text in words.items()}
    yield from many(
        "c12", "over-length unreadable unknown-channel invisible-character missing-media mass-mention invalid-value", long_posts, "told"
    )


def c13() -> Iterator[Hostile]:
    """Media that lead elsewhere."""

    def media(src: str) -> bytes:
        return post(f'media:\n  - {{src: "{src}", alt: Une photo de la serre}}')

    for name, to in {
        "environ": "/proc/self/environ",
        "passwd": "/etc/passwd",
        "nowhere": "/nowhere",
        "itself": "jardin.jpg",
        "device": "/dev/zero",
        "key": "../../.git/config",
    }.items():
        yield named(
            "c13",
            "refused",
            "symlinked-media",
            {POST: media("jardin.jpg")},
            f"link-to-{name}",
            special=_link("content/media/jardin.jpg", to),
        )
    yield named(
        "c13", "refused", "symlinked-media", {POST: media("ici/passwd")}, "folder-behind-a-link", special=_link("content/media/ici", "/etc")
    )
    yield named("c13", "refused", "unreadable", {}, "post-is-a-link", special=_link("content/posts/b.md", "/etc/passwd"))
    yield named("c13", "refused", "unreadable", {}, "posts-are-a-link", special=_link("content/ideas", "/etc"))
    ways = ["../../../../etc/passwd", "../../../../../../../../etc/passwd", "content/../brand/brand.yml", "content/../../etc/passwd"]
    for number, way in enumerate(ways):
        yield named("c13", "refused", "symlinked-media", {POST: media(way)}, f"way-out-{number}")
    gone = [
        "/etc/passwd",
        ".",
        "",
        "C:/Windows/win.ini",
        "a\\\\b.jpg",
        "content/media",
        "jardin.jpg\\0.png",
        "x" * 5_000,
        "~/.ssh/id_ed25519",
        "*",
        "content/media/.",
    ]
    for number, way in enumerate(gone):
        yield named(
            "c13", "refused", "missing-media unreadable invalid-value symlinked-media", {POST: media(way)}, f"nothing-there-{number}"
        )
    for number, way in enumerate(
        ["https://x.example/a.jpg", "//x.example/a.jpg", "data:image/png;base64,AAAA", "HTTP://169.254.169.254/a.jpg"]
    ):
        yield named("c13", "refused", "remote-media", {POST: media(way)}, f"on-the-web-{number}")
    repo = {POST: media("autre/a.jpg"), "content/media/autre/a.jpg": b"x", "content/media/autre/.git": b"gitdir: ../x"}
    yield named("c13", "refused", "symlinked-media", repo, "repository-within")


def c16() -> Iterator[Hostile]:
    """Alternative texts that are none."""
    from pictures import picture

    alts = {"absent": "", "spaces": ', alt: "   "', "file-name": ", alt: serre.jpg", "stem": ", alt: serre"}
    for name, alt in alts.items():
        yield named(
            "c16",
            "refused",
            "missing-alt-text",
            {POST: post(f"media:\n  - {{src: serre.jpg{alt}}}"), "content/media/serre.jpg": picture()},
            name,
        )
    marked = {"control": '"a\\u0007b"', "nul": '"a\\0b"', "bidi": "Une \u202ephoto"}
    for name, alt in marked.items():
        yield named(
            "c16",
            "refused",
            "unreadable invisible-character bidi-control",
            {POST: post(f"media:\n  - {{src: serre.jpg, alt: {alt}}}"), "content/media/serre.jpg": picture()},
            name,
        )
    channels = b"channels:\n  journal: {network: feed, limits: {text: 20, alt: 10}}\n"
    own = {
        "brand/channels.yml": channels,
        "content/media/serre.jpg": picture(),
        POST: post("media:\n  - {src: serre.jpg, alt: Une longue description de la serre}"),
    }
    yield named("c16", "refused", "over-length", own, "alt-too-long")
    yield named(
        "c16",
        "refused",
        "over-length",
        {"brand/channels.yml": channels, POST: post(words="Trente lettres pour un journal qui en veut vingt.")},
        "text-too-long",
    )


def c17() -> Iterator[Hostile]:
    """Calls to everybody."""
    calls = ["@everyone", "@here", "@channel", "<!channel>", "<!here>", "<!everyone>", "<@U024BE7LH>", "<@&1234567890>", "@room", "@all"]
    yield from many(
        "c17",
        "mass-mention unknown-handle personal-handle",
        {f"call-{number}": post(words=f"Venez {call} demain.") for number, call in enumerate(calls)},
        "told",
    )


def c18() -> Iterator[Hostile]:
    """Secrets pasted among words. None of them was ever one."""
    body = "".join(chr(97 + (number * 7) % 26) + str(number * 3 % 10) + chr(65 + (number * 11) % 26) for number in range(30))
    upper = body.upper()
    # Put together here, so that no scanner finds in this file what it looks for.
    secrets = {
        "github": "ghp" + "_" + body[:36], "github-fine": "github" + "_pat_" + body[:22] + "_" + (body * 2)[:59], "aws": "AK" + "IA" + upper[:16], "slack": "xox" + "b-123456789012-1234567890123-" + body[:24],
        "key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----\n" + body + "\n-----END OPENSSH PRIVATE KEY-----", "rsa": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + body,
        "google": "AI" + "za" + (body * 2)[:35], "telegram": "123456789:" + "AA" + (body * 2)[:33], "stripe": "sk" + "_live_" + body[:24], "gitlab": "glp" + "at-" + body[:20],
    }  # fmt: skip
    yield from many("c18", "secret-in-text", {name: post(words=f"Voici {secret} pour toi.") for name, secret in secrets.items()})


def rows() -> dict[str, Callable[[], Iterator[Hostile]]]:
    """What makes the files of each row."""
    from hostile.pictures_of import c14, c15

    made = (c01, c02, c03, c04, c05, c06, c07, c08, c09, c10, c11, c12, c13, c14, c15, c16, c17, c18)
    return {row.__name__: row for row in made}


def every(chosen: Collection[str] = ()) -> tuple[Hostile, ...]:
    """The files of these rows in order; all, when none is named."""
    return tuple(one for name, row in rows().items() if not chosen or name in chosen for one in row())
