"""The rules about the media that posts name, and how often their files are opened."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import documents
import pictures
from checks.rule_pages import NOW, build, check
from checks.test_findings import NOW as INSTANT
from fakes import square
from marronnier import checks, desk, sandbox, timetable
from marronnier.cache import Cache
from marronnier.desk.commit_tree import CommitTree
from marronnier.files import WorkTree
from marronnier.git import Repo
from marronnier.model.finding import Finding
from marronnier.proofs.situation import Situation
from reading.repository import commit, git

POST = "content/posts/2026/12/a.md"


def post(*files: str, channels: str = "journal", more: str = "") -> str:
    media = "".join(f"  - {{src: {file}, alt: Une photo de la serre}}\n" for file in files)
    return f"---\ntitle: A\ndate: 2026-12-05 10:00\nchannels: [{channels}]\nmedia:\n{media}{more}---\nVenez.\n"


def findings_of(root: Path) -> list[tuple[str, str, str]]:
    return [(finding["level"], finding["rule"], finding["message"]) for finding in json.loads(check(root, "--format", "json").stdout)]


def judged(root: Path, **more: object) -> list[Finding]:
    loaded = desk.load(WorkTree(root))
    return checks.run(Situation(desk=loaded, timetable=timetable.make(loaded, {}, INSTANT), now=INSTANT), **more)  # type: ignore[arg-type]


@pytest.fixture
def inspected(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were opened."""
    names: list[str] = []
    original = sandbox.inspect_file

    def recording(path: Path, name: str) -> sandbox.MediaInfo:
        names.append(name)
        return original(path, name)

    monkeypatch.setattr(sandbox, "inspect_file", recording)
    return names


def test_only_what_a_post_uses_is_opened_and_only_once(tmp_path: Path, inspected: list[str]) -> None:
    shared = {"content/media/serre.jpg": "(a picture)", "content/media/unused.jpg": "(a picture)"}
    root = build(
        tmp_path,
        {
            POST: post("serre.jpg"),
            "content/posts/2026/12/b.md": post("serre.jpg").replace("05", "06").replace("Venez", "Restez au chaud"),
            **shared,
        },
    )
    assert judged(root) == []
    assert inspected == ["content/media/serre.jpg"]


def test_the_result_is_cached_by_the_bytes(tmp_path: Path, inspected: list[str]) -> None:
    root = build(tmp_path, {POST: post("a.jpg", "b.jpg"), "content/media/a.jpg": "(the first half of a picture)"})
    (root / "content/media/b.jpg").write_bytes(pictures.photograph())
    first = judged(root, cache=Cache(root))
    assert [finding.level for finding in first] == ["error", "warning"]
    assert inspected == ["content/media/a.jpg", "content/media/b.jpg"]
    assert judged(root, cache=Cache(root)) == first
    assert len(inspected) == 2
    (root / "content/media/a.jpg").write_bytes(pictures.picture())
    assert [finding.level for finding in judged(root, cache=Cache(root))] == ["warning"]
    assert inspected[2:] == ["content/media/a.jpg"]


def test_the_format_is_checked_again_under_another_name(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("a.jpg"), "content/media/a.jpg": "(a picture)"})
    assert judged(root, cache=Cache(root)) == []
    (root / "content/media/a.jpg").rename(root / "content/media/a.png")
    (root / POST).write_text(post("a.png"))
    (finding,) = judged(root, cache=Cache(root))
    assert (finding.message, finding.next) == (
        "`a.png` is JPEG, and its name has another extension",
        "rename the file to `a.jpg`, and change its name here",
    )


def test_publishing_opens_only_the_media_it_will_send(tmp_path: Path, inspected: list[str]) -> None:
    both = {"content/media/a.jpg": "(a picture)", "content/media/b.jpg": "(a picture as PNG)"}
    root = build(
        tmp_path,
        {POST: post("a.jpg"), "content/posts/2026/12/b.md": post("b.jpg").replace("05", "06").replace("Venez", "Restez au chaud"), **both},
    )
    assert judged(root, inspected={POST}) == []
    assert inspected == ["content/media/a.jpg"]


def test_a_check_without_pictures_imports_no_picture_code(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("a.jpg").replace("media:\n  - {src: a.jpg, alt: Une photo de la serre}\n", "")})
    program = (
        "import sys\nfrom marronnier.cli import marronnier\n"
        f"marronnier(['-C', {str(root)!r}, '--now', {NOW!r}, 'check'], standalone_mode=False)\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'PIL' or name.startswith('marronnier.sandbox')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("ending", ["mp4", "svg", "mp3"])
def test_c14_a_network_that_takes_pictures_gets_nothing_else(tmp_path: Path, ending: str) -> None:
    channels = "channels:\n  journal: {network: feed}\n  place: {network: fakes.square, account: square.test/jardin}\n"
    data = {"mp4": pictures.video(sound=False), "mp3": b"ID3\4" + bytes(90), "svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    root = build(
        tmp_path,
        {POST: post(f"a.{ending}", channels="journal, place"), "brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"},
    )
    (root / "content/media").mkdir()
    (root / f"content/media/a.{ending}").write_bytes(data[ending])
    ((level, rule, message),) = findings_of(root)
    assert (level, rule) == ("error", "unsafe-media")
    assert message.endswith("and only pictures can be sent to `place`")
    other = "for:\n  place:\n    media:\n      - {src: b.jpg, alt: Une photo}\n"
    (root / POST).write_text(post(f"a.{ending}", channels="journal, place", more=other))
    (root / "content/media/b.jpg").write_bytes(pictures.picture())
    assert findings_of(root) == []


@pytest.mark.parametrize(("media", "messages"), [((), ["`a.pdf` is PDF, and only pictures can be sent to `place`"]), (("document",), [])])
def test_a_document_goes_to_networks_that_take_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, media: tuple[str, ...], messages: list[str]
) -> None:
    monkeypatch.setattr(square, "MEDIA", media, raising=False)
    channels = "channels:\n  place: {network: fakes.square, account: square.test/jardin}\n"
    root = build(tmp_path, {POST: post("a.pdf", channels="place"), "brand/channels.yml": channels, "brand/strategy.yml": "mission: A\n"})
    (root / "content/media").mkdir()
    (root / "content/media/a.pdf").write_bytes(documents.document())
    assert [message for _level, _rule, message in findings_of(root)] == messages


def test_a_drawing_with_scripts_is_refused_on_the_site_too(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("a.svg")})
    (root / "content/media").mkdir()
    (root / "content/media/a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    assert findings_of(root) == [
        ("error", "unsafe-media", "`a.svg` cannot be used: it is a drawing that contains more than shapes and text")
    ]


def test_c15_a_video_that_records_its_place_is_refused(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("a.mp4")})
    (root / "content/media").mkdir()
    (root / "content/media/a.mp4").write_bytes(b"\0\0\0\x20ftypisom" + b"moov udta \xa9xyz+50.8467+004.3525/")
    assert [finding[:2] for finding in findings_of(root)] == [("error", "unsafe-media")]


def test_a24_a_git_lfs_pointer_is_refused(tmp_path: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
    root = build(tmp_path, {POST: post("a.jpg"), "content/media/a.jpg": pointer})
    ((_level, _rule, message),) = findings_of(root)
    assert message == "`a.jpg` cannot be used: Git LFS: this file type is neither sent nor shown"


def test_findings_in_an_idea_are_notices(tmp_path: Path) -> None:
    idea = post("a.jpg", "b.jpg", "https://x.example/c.jpg", "../../../../d.jpg").replace("date: 2026-12-05 10:00\n", "")
    root = build(
        tmp_path,
        {"content/ideas/a.md": idea, "content/media/a.jpg": "(the first half of a picture)", "content/media/b.jpg": "(a picture of 40 MB)"},
    )
    assert sorted(finding[:2] for finding in findings_of(root)) == [
        ("notice", "media-too-large"),
        ("notice", "remote-media"),
        ("notice", "symlinked-media"),
        ("notice", "unsafe-media"),
    ]


def test_c13_a_commit_that_holds_a_symbolic_link_or_a_submodule_is_reported(tmp_path: Path) -> None:
    root = build(tmp_path, {POST: post("a.jpg", "autre/b.jpg")})
    (root / "content/media").mkdir()
    (root / "content/media/a.jpg").symlink_to("/proc/self/environ")
    commit(root)
    git(root, "update-index", "--add", "--cacheinfo", f"160000,{git(root, 'rev-parse', 'HEAD').strip()},content/media/autre")
    git(root, "commit", "-qm", "More")
    loaded = desk.load(CommitTree(Repo(root), "HEAD"))
    findings = checks.run(Situation(desk=loaded, timetable=timetable.make(loaded, {}, INSTANT), now=INSTANT))
    assert [finding.message for finding in findings if finding.rule == "symlinked-media"] == [
        "`a.jpg` is a symbolic link, or is reached through one",
        "`autre/b.jpg` is in a Git submodule",
    ]


def test_pictures_in_the_words_are_media_too(tmp_path: Path) -> None:
    words = "Voici ![la serre](serre%20deux.jpg), ![la rue](https://x.example/rue.jpg) et ![la cour](../../../../../cour.jpg)."
    files = {POST: post("a.jpg").replace("Venez.", words), "content/media/a.jpg": "(a picture)"}
    root = build(tmp_path, {**files, "content/media/serre deux.jpg": "(the first half of a picture)"})
    assert sorted((finding.rule, str(finding.place)) for finding in judged(root)) == [
        ("remote-media", f"{POST}:8:38"),
        ("symlinked-media", f"{POST}:8:78"),
        ("unsafe-media", f"{POST}:8:7"),
    ]
