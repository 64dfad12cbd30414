"""Loading of the desk: ids, groups, settings that fail closed, publications; a commit loads like the working directory."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import marronnier
from marronnier import desk
from marronnier.cache import Cache
from marronnier.desk.commit_tree import CommitTree
from marronnier.files import WorkTree, atomic_write, line_fixes
from marronnier.git import Repo
from reading.repository import commit, front, git, load, only, write


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Fête d'été.md", "fete-d-ete"),
        ("mon post.md", "mon-post"),
        ("عيد.md", "ayd"),
        ("-x.md", "x"),
        ("œuf à la neige.md", "oeuf-a-la-neige"),
    ],
)
def test_a_file_name_that_is_no_id_gets_a_fix(tmp_path: Path, name: str, slug: str) -> None:
    path = f"content/posts/{name}"
    finding = only(load(tmp_path, {path: "---\ntitle: x\n---\n"}))
    assert finding.fix is not None and f"id: {slug}" in finding.next
    file = tmp_path / path
    atomic_write.write(file, line_fixes.apply_fixes(file.read_text(), [finding.fix]))
    assert list(load(tmp_path).posts) == [slug]


def test_capitals_fold(tmp_path: Path) -> None:
    found = load(tmp_path, {"content/posts/Portes.md": "", "content/posts/b.md": "---\nid: Marche-1\n---\n"})
    assert list(found.posts) == ["portes", "marche-1"]


def test_duplicates_are_kept_apart(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        {"content/ideas/a.md": "---\n---\nUn", "content/posts/2026/a.md": "---\n---\nDeux", "content/posts/b.md": "---\nid: A\n---\n"},
    )
    assert found.posts["a"].path == "content/ideas/a.md"
    assert [post.path for post in found.duplicates] == ["content/posts/2026/a.md", "content/posts/b.md"]


def test_index_pages_are_not_posts(tmp_path: Path) -> None:
    pages = [
        "content/index.md",
        "content/posts/index.md",
        "content/posts/2026/index.md",
        "content/posts/2026/12/index.md",
        "content/posts/_index.md",
        "content/about.md",
        "content/posts/.x.md",
    ]
    assert load(tmp_path, dict.fromkeys(pages, "---\nlayout: x\nnope: 1\n---\n")).posts == {}


def test_groups_earlier_names_and_loops_expand(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert found.expand(["encore", "toots", "nope"]) == ("journal", "masto")
    assert found.expand(["toots", "journal"]) == ("masto", "journal")
    assert found.groups_of("masto") == ("tous", "encore")
    looped = load(tmp_path / "b", {"brand/channels.yml": "channels: {a: {network: feed}}\ngroups: {x: [y], y: [x, a]}\n"})
    assert looped.expand(["x"]) == ("a",)


def test_settings_fail_closed(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        {
            "brand/approvals.yml": "quorum: 0\nrequirements: [{quorum: beaucoup}]\n",
            "brand/channels.yml": "channels:\n  a: {network: feed, until: demain}\n  b: {network: feed}\n",
            "calendar/freeze.yml": "channels: [\n",
            "calendar/slots.yml": "slots:\n  mardi: {days: mardix, at: '10:00'}\n  jeudi: {days: [jeudi], at: '9h30'}\n",
        },
    )
    assert found.policy.quorum == 20 and found.policy.approvers == {}
    assert found.channels.channels["a"].paused
    assert found.channels.channels["b"].paused is None
    assert found.freeze is not None and found.freeze.channels == ()
    assert list(found.slots.slots) == ["jeudi"]
    assert {finding.place.path for finding in found.settings_errors} == {
        "brand/approvals.yml",
        "brand/channels.yml",
        "calendar/freeze.yml",
        "calendar/slots.yml",
    }
    assert [str(finding.place) for finding in found.settings_errors if "channels" in finding.place.path] == ["brand/channels.yml:2:29"]


def test_a_freeze_that_is_a_link_freezes(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "calendar").mkdir()
    (tmp_path / "calendar/freeze.yml").symlink_to("/nowhere")
    assert load(tmp_path).freeze is not None


POST = """---
title: Portes ouvertes
channels: tous
campaign: noel
tags: [Jardin, '#Quartier']
link: https://example.org/jardin?x=1#ancre
sensitive: false
media:
  - {src: a.jpg, alt: Un arbre}
  - b.jpg
for:
  mastodon: {visibility: unlisted, tags: [Reseau]}
  tous: {first_comment: groupe}
  masto: {tags: Canal}
---
Venez voir @jardin.

## @mastodon
Venez, @jardin et `@jardin`.
"""
FILES = {
    "content/posts/2026/p.md": POST,
    "content/posts/2026/a.jpg": b"beside",
    "content/media/a.jpg": b"media",
    "content/media/b.jpg": b"b",
    "calendar/campaigns/noel.md": "---\ntitle: Noël\nstart: 2026-12-01\nend: 2026-12-31\nutm: {source: reseaux}\nhashtag: '#Noel'\n---\nMots.\n",
    "brand/handles.yml": "handles:\n  jardin: {name: Le Jardin, on: {mastodon: '@jardin@example.social'}}\n",
    "brand/brand.yml": "name: x\nlang: nl\nutm: {medium: social}\n",
}


def test_a_publication_has_the_words_of_its_channel(tmp_path: Path) -> None:
    found = load(tmp_path, FILES)
    assert found.findings == ()
    made = found.posts["p"]
    assert desk.channel_names(found, made) == ("journal", "masto")
    masto = desk.publication(found, made, "masto").words
    journal = desk.publication(found, made, "journal").words
    assert masto.text == "Venez, @jardin@example.social et `@jardin`."
    assert masto.mentions == ("@jardin@example.social",)
    assert journal.text == "Venez voir Le Jardin."
    assert masto.tags == ("Canal", "Noel")
    assert journal.tags == ("Jardin", "Quartier", "Noel")
    assert (masto.visibility, masto.first_comment) == ("unlisted", "groupe")
    assert journal.link == "https://example.org/jardin?x=1&utm_medium=social&utm_campaign=noel&utm_source=reseaux#ancre"
    assert [picture.path for picture in journal.media] == ["content/posts/2026/a.jpg", "content/media/b.jpg"]
    assert journal.media[0].sha256 == hashlib.sha256(b"beside").hexdigest()
    assert journal.lang == "nl"
    assert journal.warning == ""


def test_a_commit_loads_like_the_working_directory(tmp_path: Path) -> None:
    root = write(
        tmp_path / "r",
        {**FILES, "content/posts/bad.md": "---\ndate: hier\n---\n", "content/posts/Été.md": "x", ".gitattributes": "*.md ident eol=crlf\n"},
    )
    (root / "content/media/l.jpg").symlink_to("a.jpg")
    commit(root)
    git(root, "checkout", "-q", "--", ".")
    folder = desk.load(WorkTree(root))
    from_git = desk.load(CommitTree(Repo(root), "HEAD"))
    for name in ("brand", "channels", "campaigns", "posts", "duplicates", "findings", "unreadable_posts", "places"):
        assert getattr(folder, name) == getattr(from_git, name), name
    for channel in ("journal", "masto"):
        assert desk.publication(folder, folder.posts["p"], channel) == desk.publication(from_git, from_git.posts["p"], channel)
    assert folder.tree.paths() == from_git.tree.paths()


def test_a24_a_commit_is_read_from_git_objects_not_from_the_working_directory(tmp_path: Path) -> None:
    root = write(tmp_path, {"content/posts/a.md": "---\ntitle: vrai\n---\n"})
    commit(root)
    (root / "content/posts/a.md").write_text("---\ntitle: faux\n---\n")
    assert desk.load(CommitTree(Repo(root), "HEAD")).posts["a"].front.title == "vrai"


def test_a25_a_submodule_is_refused(tmp_path: Path) -> None:
    root = write(tmp_path / "r", {})
    inner = write(tmp_path / "r/content/media/sub", {"x.md": "x"})
    commit(inner)
    commit(root)
    found = desk.load(CommitTree(Repo(root), "HEAD"))
    assert only(found).place.path == "content/media/sub"


def test_a_brand_below_the_repository_root_loads(tmp_path: Path) -> None:
    write(tmp_path / "client", {"content/posts/a.md": "---\ntitle: x\n---\n"})
    commit(tmp_path)
    found = desk.load(CommitTree(Repo(tmp_path / "client"), "HEAD"))
    assert list(found.posts) == ["a"]
    assert found.posts["a"].path == "content/posts/a.md"


def test_only_loads_one_post(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "content/posts/b.md": "---\ndate: hier\n---\n"})
    found = desk.load(WorkTree(tmp_path), only="content/posts/2026/p.md")
    assert list(found.posts) == ["p"]
    assert found.findings == ()
    assert list(found.campaigns) == ["noel"]
    assert found.only == "content/posts/2026/p.md"


@pytest.fixture
def own_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    return home


def test_the_cache_changes_nothing(tmp_path: Path, own_key: Path) -> None:
    files = {
        **FILES,
        "content/posts/bad.md": "---\ndate: hier\nnope: 1\n---\n",
        "content/posts/e.md": "\ufeff---\r\ntitle: e\u0301\r\nnope: 1\r\n---\r\ne\u0301\r\n",
    }
    write(tmp_path, files)
    plain = desk.load(WorkTree(tmp_path))
    desk.load(WorkTree(tmp_path), cache=Cache(tmp_path))
    warm = desk.load(WorkTree(tmp_path), cache=Cache(tmp_path))
    assert (tmp_path / ".marronnier/cache/documents.cache").exists()
    for name in ("posts", "findings", "unreadable_posts", "campaigns"):
        assert getattr(plain, name) == getattr(warm, name)


def test_w06_a_cache_signed_by_another_key_is_not_used(tmp_path: Path, own_key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"content/posts/a.md": "---\ntitle: vrai\n---\n"})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "attacker"))
    theirs = Cache(tmp_path)
    digest = desk.load(WorkTree(tmp_path)).posts["a"].digest
    theirs.put("documents", digest, ({"title": "faux"}, {(): (1, 1)}, 4, 20))
    theirs.save()
    assert desk.load(WorkTree(tmp_path), cache=Cache(tmp_path)).posts["a"].front.title == "faux", (
        "the attack itself must work with the attacker's key"
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(own_key))
    assert desk.load(WorkTree(tmp_path), cache=Cache(tmp_path)).posts["a"].front.title == "vrai"


def test_a_damaged_cache_or_no_place_for_one(tmp_path: Path, own_key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"content/posts/a.md": "---\ntitle: x\n---\n"})
    desk.load(WorkTree(tmp_path), cache=Cache(tmp_path))
    file = tmp_path / ".marronnier/cache/documents.cache"
    for damage in (b"", b"x" * 10, file.read_bytes()[:-3], b"\0" * 500):
        file.write_bytes(damage)
        assert list(desk.load(WorkTree(tmp_path), cache=Cache(tmp_path)).posts) == ["a"]
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    assert list(desk.load(WorkTree(tmp_path), cache=Cache(tmp_path)).posts) == ["a"]


@pytest.mark.parametrize(
    "changed", ["text/urls.py", "networks/mastodon.py", "networks/kit/graph/errors.py", "networks/handoff/places/x.py"]
)
def test_no_value_that_other_code_made_is_used(tmp_path: Path, own_key: Path, changed: str) -> None:
    package = tmp_path / "code/marronnier"
    shutil.copytree(
        Path(marronnier.__file__).parent,
        package,
        ignore=lambda _folder, names: [n for n in names if n in ("__pycache__", "start", "locale")],
    )

    def value(act: str) -> str:
        code = f"from pathlib import Path\nfrom marronnier.cache import Cache\ncache = Cache(Path({str(tmp_path)!r}))\n{act}"
        environment = {**os.environ, "PYTHONPATH": str(package.parent)}
        return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True).stdout.strip()

    value("cache.put('shelf', 'key', (1, 2)); cache.save()")
    assert value("print(cache.get('shelf', 'key'))") == "(1, 2)"
    with (package / changed).open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert value("print(cache.get('shelf', 'key'))") == "None"


def test_what_is_added_to_a_large_cache_stands_in_a_file_of_its_own(tmp_path: Path, own_key: Path) -> None:
    def loaded() -> dict[str, str | None]:
        return {post.id: post.front.title for post in desk.load(WorkTree(tmp_path), cache=Cache(tmp_path)).posts.values()}

    write(tmp_path, {f"content/posts/p{number}.md": f"---\ntitle: Titre {number}\n---\n" for number in range(60)})
    loaded()
    whole, added = (tmp_path / ".marronnier/cache" / f"documents{end}.cache" for end in ("", ".added"))
    as_written = whole.read_bytes()
    for number in (1, 2):
        write(tmp_path, {f"content/posts/p{number}.md": f"---\ntitle: Nouveau {number}\n---\n"})
        assert loaded()[f"p{number}"] == f"Nouveau {number}"
    assert whole.read_bytes() == as_written and added.exists()
    cached = Cache(tmp_path)
    digests = {post.id: post.digest for post in desk.load(WorkTree(tmp_path)).posts.values()}
    assert all(cached.get("documents", digest) for digest in digests.values()), "all posts are known, the added ones too"

    additions = added.read_bytes()
    for number in range(10, 20):
        write(tmp_path, {f"content/posts/p{number}.md": f"---\ntitle: Nouveau {number}\n---\n"})
    assert loaded()["p15"] == "Nouveau 15"
    assert whole.read_bytes() != as_written, "many additions: written whole"
    added.write_bytes(additions)
    assert Cache(tmp_path).get("documents", digests["p1"]), "what was added to the former file is in the whole one"
    for damage in (b"", b"x" * 10, additions[:-3], as_written):
        added.write_bytes(damage)
        assert loaded()["p1"] == "Nouveau 1"


def test_reading_on_two_cores_gives_the_same_posts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from marronnier.files import parallel

    files = {
        f"content/posts/p{number}.md": f"---\ntitle: Un : {number}\ndate: {'hier' if number % 50 == 0 else '2026-12-05'}\n---\nMots {number}\n"
        for number in range(250)
    }
    write(tmp_path, files)
    plain = desk.load(WorkTree(tmp_path))
    monkeypatch.setattr(parallel, "MIN_FILES", 10)
    monkeypatch.setattr(parallel, "_cores", lambda: 2)
    monkeypatch.setattr(parallel, "_may_fork", lambda: True)
    both = desk.load(WorkTree(tmp_path))
    assert plain.posts == both.posts and plain.findings == both.findings and len(plain.findings) == 5


def test_places_point_at_the_value(tmp_path: Path) -> None:
    found = front(tmp_path, "title: Portes : ouvertes", "tags: [un, deux]", "media:", "- alt: 'a'", "  src: é.jpg", "allow: {clash: oui}")
    made = found.posts["a"]
    lines = made.text.split("\n")
    for keys, start in [
        (("title",), "Portes"),
        (("tags", 1), "deux"),
        (("media", 0, "src"), "é.jpg"),
        (("allow", "clash"), "oui"),
        (("media", 0, "alt"), "'a'"),
    ]:
        place = made.place(*keys)
        assert lines[place.line - 1][place.column - 1 :].startswith(start), keys
    assert str(made.place("for", "x")) == "content/posts/a.md:1:1"


def test_the_working_directory_loads_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_process(*_arguments: object, **_more: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "Popen", no_process)
    assert load(tmp_path, FILES).findings == ()
