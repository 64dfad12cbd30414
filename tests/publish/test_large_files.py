"""Media that Git LFS keeps: the object is checked, approved and sent, never the pointer; it is fetched from origin and compared."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import stat
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from fakes.loopback import answering
from fakes.mastodon import Mastodon
from marronnier.desk import lfs_objects
from marronnier.desk.commit_tree import CommitTree
from marronnier.files import WorkTree
from marronnier.files.lfs import LfsPointer, ObjectNotHere, parse_pointer
from marronnier.git import Repo
from marronnier.web import Web
from people import Town
from publish.mastodon_newsroom import MastodonNewsroom
from videos import video

FILM = video(sound=False)
OID = hashlib.sha256(FILM).hexdigest()
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{OID}\nsize {len(FILM)}\n"
PASSWORD = "Basic " + base64.b64encode(b"x-access-token:hush-9f").decode()


class LfsServer:
    """The batch API and the store behind it, on loopback."""

    def __init__(self) -> None:
        self.objects = {OID: FILM}
        self.private = False
        self.asked: list[str] = []
        self.port = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}/jardin/calendrier"


@pytest.fixture
def store() -> Iterator[LfsServer]:
    server = LfsServer()

    class Answering(BaseHTTPRequestHandler):
        def log_message(self, *_said: object) -> None:
            pass

        def do_POST(self) -> None:
            server.asked.append(f"POST {self.path}")
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if server.private and self.headers.get("Authorization") != PASSWORD:
                return self._say(401, b'{"message": "Credentials needed"}')
            assert self.path == "/jardin/calendrier.git/info/lfs/objects/batch" and body["operation"] == "download"
            assert self.headers["Accept"] == self.headers["Content-Type"] == "application/vnd.git-lfs+json"
            (asked,) = body["objects"]
            told = {"oid": asked["oid"], "size": asked["size"]}
            if asked["oid"] in server.objects:
                address = f"http://127.0.0.1:{server.port}/store/{asked['oid']}"
                told["actions"] = {"download": {"href": address, "header": {"X-Key": "let-me"}}}
            else:
                told["error"] = {"code": 404, "message": "Object does not exist"}
            return self._say(200, json.dumps({"transfer": "basic", "objects": [told]}).encode())

        def do_GET(self) -> None:
            server.asked.append(f"GET {self.path}")
            assert self.headers["X-Key"] == "let-me" and "Authorization" not in self.headers
            self._say(200, server.objects[self.path.rpartition("/")[2]])

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with answering(Answering) as server.port:
        yield server


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Mastodon]:
    with Mastodon(tmp_path / "mastodon").running() as running:
        yield running


@pytest.fixture
def newsroom(town: Town, tmp_path: Path, there: Mastodon) -> MastodonNewsroom:
    return MastodonNewsroom(town, tmp_path / "repository", there)


def post_film(newsroom: MastodonNewsroom, content: str = POINTER) -> None:
    folder = newsroom.folder / "content/media"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "serre.mp4").write_text(content)
    post = newsroom.folder / "content/posts/2026/12/serre.md"
    post.parent.mkdir(parents=True, exist_ok=True)
    media = "media: [{src: serre.mp4, alt: La neige fond sur les vitres}]"
    post.write_text(f"---\nid: serre\ndate: 2026-12-02 08:50\nchannels: [toots]\n{media}\n---\nLa serre.\n")
    newsroom.commit("serre")


def point_origin_at(newsroom: MastodonNewsroom, store: LfsServer) -> None:
    """Origin's address is the server's; git itself goes to the folder that it was before."""
    git = Repo(newsroom.folder)
    before = git.remote_url()
    if before is None:
        bare = newsroom.folder.parent / "origin.git"
        git.run("init", "-q", "--bare", str(bare))
        git.run("remote", "add", "origin", store.origin)
        before = str(bare)
    else:
        git.run("remote", "set-url", "origin", store.origin)
    git.run("config", f"url.{before}.insteadOf", store.origin)
    git.run("push", "-q", "--all", "origin")


def sent_film(there: Mastodon) -> str:
    (toot,) = there.toots()
    (media_id,) = toot["request"]["media_ids"]
    return str(there.picture(media_id)["sha256"])


@pytest.mark.parametrize("private", [False, True])
def test_the_object_is_fetched_compared_and_sent(newsroom: MastodonNewsroom, there: Mastodon, store: LfsServer, private: bool) -> None:
    store.private = private
    post_film(newsroom)
    point_origin_at(newsroom, store)
    Repo(newsroom.folder).run("config", "credential.helper", "!f() { echo username=x-access-token; echo password=hush-9f; }; f")
    checked = newsroom.run("check").stdout
    assert checked.count("warning[unfetched-media]") == 1
    assert newsroom.publish() == {"serre@toots": "sent"}
    assert sent_film(there) == OID
    assert [line.partition(" ")[0] for line in store.asked] == (["POST", "POST", "GET"] if private else ["POST", "GET"])
    # Once it is here, `check` opens it as any other file.
    assert "unfetched-media" not in newsroom.run("check").stdout
    events = [json.loads(line) for line in ledger_lines(newsroom, "serre@toots")]
    (sent,) = [event["data"] for event in events if event["event"] == "sent"]
    assert sent["files"] == [OID]


def ledger_lines(newsroom: MastodonNewsroom, key: str) -> list[str]:
    git = Repo(newsroom.folder)
    branches = git.text("for-each-ref", "--format=%(refname)", "refs/heads").splitlines()
    (branch,) = [name for name in branches if name != "refs/heads/main"]
    path = next(path for path in git.text("ls-tree", "-r", "--name-only", branch).splitlines() if path.endswith(f"/{key}.jsonl"))
    return git.text("show", f"{branch}:{path}").splitlines()


@pytest.mark.parametrize("lie", ["absent", "other bytes", "longer"])
def test_a_pointer_is_never_sent(newsroom: MastodonNewsroom, there: Mastodon, store: LfsServer, lie: str) -> None:
    post_film(newsroom)
    point_origin_at(newsroom, store)
    if lie == "absent":
        store.objects.clear()
    else:
        store.objects[OID] = FILM + b"x" if lie == "longer" else FILM[:-1] + b"x"
    assert newsroom.publish() == {"serre@toots": "refused" if lie == "absent" else "waiting"}
    assert not there.toots() and not list((there.folder / "media").iterdir())
    # Asked once in a run, and before anything was claimed.
    assert len([line for line in store.asked if line.startswith("POST")]) == 1
    store.objects[OID] = FILM
    if lie != "absent":
        assert newsroom.publish("2026-12-02 09:20") == {"serre@toots": "sent"}
        assert sent_film(there) == OID


def test_an_approval_binds_the_object_whether_git_lfs_put_it_there_or_not(tmp_path: Path, town: Town, newsroom: MastodonNewsroom) -> None:
    post_film(newsroom)
    committed = CommitTree(Repo(newsroom.folder), "HEAD")
    pointed = WorkTree(newsroom.folder)
    path = "content/media/serre.mp4"
    assert committed.sha256(path) == pointed.sha256(path) == OID
    assert committed.size(path) == pointed.size(path) == len(FILM)
    assert committed.pointer(path) == pointed.pointer(path) == LfsPointer(OID, len(FILM))
    for tree in (committed, pointed):
        with pytest.raises(ObjectNotHere):
            tree.read(path)
    (newsroom.folder / path).write_bytes(FILM)
    smudged = WorkTree(newsroom.folder)
    assert smudged.sha256(path) == OID and smudged.pointer(path) is None and smudged.read(path) == FILM
    kept = newsroom.folder / ".git/lfs/objects" / OID[:2] / OID[2:4] / OID
    kept.parent.mkdir(parents=True)
    kept.write_bytes(FILM[:-1] + b"x")
    with pytest.raises(ObjectNotHere):
        CommitTree(Repo(newsroom.folder), "HEAD").read(path)
    kept.write_bytes(FILM)
    assert CommitTree(Repo(newsroom.folder), "HEAD").read(path) == FILM


def test_git_lfs_is_asked_first_where_it_is_installed(tmp_path: Path, town: Town, there: Mastodon, monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom = MastodonNewsroom(town, tmp_path / "repository", there)
    post_film(newsroom)
    tools = tmp_path / "tools"
    tools.mkdir()
    (tmp_path / "film").write_bytes(FILM)
    place = newsroom.folder / ".git/lfs/objects" / OID[:2] / OID[2:4] / OID
    script = tools / "git-lfs"
    script.write_text(
        f"#!/bin/sh\ntest \"$1 $GIT_LFS_SKIP_SMUDGE\" = 'smudge 0' || exit 1\ncat >'{tmp_path}/asked'\nmkdir -p '{place.parent}'\ncp '{tmp_path}/film' '{place}'\n"
    )
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    repo = Repo(newsroom.folder)
    if not repo.has_remote():
        repo.run("remote", "add", "origin", str(tmp_path / "nowhere"))
    lfs_objects.fetcher(repo, Web(loopback=True))(LfsPointer(OID, len(FILM)), place)
    assert place.read_bytes() == FILM and (tmp_path / "asked").read_text() == POINTER


@pytest.mark.parametrize(
    ("remote", "server"),
    [
        ("https://git.example.org/foo/bar", "https://git.example.org/foo/bar.git/info/lfs"),
        ("https://git.example.org/foo/bar.git/", "https://git.example.org/foo/bar.git/info/lfs"),
        ("https://me:secret@git.example.org:8443/foo/bar.git", "https://git.example.org:8443/foo/bar.git/info/lfs"),
        ("git@git.example.org:foo/bar.git", "https://git.example.org/foo/bar.git/info/lfs"),
        ("ssh://git@git.example.org:2222/foo/bar.git", "https://git.example.org/foo/bar.git/info/lfs"),
        ("http://127.0.0.1:9/foo", "http://127.0.0.1:9/foo.git/info/lfs"),
        ("/srv/git/foo.git", ""),
        ("../foo", ""),
        ("file:///srv/foo.git", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_the_server_is_found_from_origin(remote: str, server: str) -> None:
    assert lfs_objects.server_address(remote) == server


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (POINTER, True),
        (POINTER.replace("oid", "ext-0-foo sha256:" + "0" * 64 + "\noid"), True),
        (POINTER.replace("\n", "\r\n"), False),
        (POINTER + "more\n", False),
        (POINTER.replace("sha256", "sha1"), False),
        (POINTER.replace(OID, OID.upper()), False),
        (POINTER.replace(OID, "../../../etc/passwd"), False),
        (POINTER.replace("size ", "size -"), False),
        ("", False),
    ],
)
def test_only_a_pointer_is_one(text: str, is_one: bool) -> None:
    assert (parse_pointer(text.encode()) == LfsPointer(OID, len(FILM))) == is_one


def test_a_post_or_a_rule_is_never_read_from_elsewhere(newsroom: MastodonNewsroom) -> None:
    (newsroom.folder / "brand/approvals.yml").write_text(POINTER)
    newsroom.commit("A pointer in place of the rules")
    assert WorkTree(newsroom.folder).read("brand/approvals.yml") == POINTER.encode()
    assert CommitTree(Repo(newsroom.folder), "HEAD").read("brand/approvals.yml") == POINTER.encode()
