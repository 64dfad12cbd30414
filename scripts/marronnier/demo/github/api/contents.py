"""Files, and Git's own objects: read, and written as commits. https://docs.github.com/en/rest/repos/contents and /git"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from marronnier.demo.github.acts.push import push
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.api.repositories import REPO, require_ref_name
from marronnier.demo.github.bare_git import WEB_FLOW, Ident
from marronnier.demo.github.loose_objects import object_id, write_object
from marronnier.demo.github.shapes import commits as shapes
from marronnier.demo.github.state import FakeRefusal, not_found

CONTENTS = REPO + "/contents/{path}"
_EMAIL = re.compile(r"[^<>\n]+")


@route("GET", CONTENTS, "contents")
def get_contents(call: FakeCall) -> FakeAnswer:
    """A file with its bytes, or what a folder holds."""
    one = call.repository
    commit, path = one.git.commit_id(call.query.get("ref", one.default_branch)), call.parameters["path"].strip("/")
    if commit is None:
        raise FakeRefusal(404, f"No commit found for the ref {call.query.get('ref', one.default_branch)}")
    entry, ref = one.git.entry(commit, path), call.query.get("ref", one.default_branch)
    if not entry:
        raise not_found()
    kind, mode, sha = entry
    if kind == "tree":
        rows = one.git.tree(commit, path)
        return FakeAnswer(200, [shapes.content(call.view, one, ref, row) for row in rows])
    if "raw" in call.headers.get("accept", "") and kind == "blob":
        return FakeAnswer(200, one.git.repo.read(sha), {"Content-Type": "application/vnd.github.raw+json; charset=utf-8"})
    return FakeAnswer(200, shapes.content(call.view, one, ref, (kind, mode, sha, path), lambda: one.git.repo.read(sha) or b""))


@route("GET", "/{owner}/{repo}/raw/{ref}/{path}")
def get_raw(call: FakeCall) -> FakeAnswer:
    """The bytes of a file, at the address that `download_url` tells: not an address of the API."""
    call.found = call.state.repository(call.parameters["owner"], call.parameters["repo"])
    if call.found is None or not call.state.may_see(call.found, call.token):
        raise not_found()
    commit = call.found.git.commit_id(call.parameters["ref"])
    data = call.found.git.blob(commit, call.parameters["path"]) if commit else None
    if data is None:
        raise not_found()
    return FakeAnswer(200, data, {"Content-Type": "text/plain; charset=utf-8"})


def _ident(call: FakeCall, role: str) -> Ident | None:
    given = call.given(role, dict)
    if given is None:
        return None
    name, email = given.get("name"), given.get("email")
    if not name or not email or not _EMAIL.fullmatch(f"{name}{email}"):
        raise FakeRefusal(422, f'Invalid request.\n\n"email", "name" weren\'t supplied for {role}.')
    return Ident(name, email)


def _commit_file(call: FakeCall, content: bytes | None) -> FakeAnswer:
    """Write or delete one file, with the checks that keep two writers apart."""
    one, path = call.repository, call.parameters["path"].strip("/")
    branch, message = call.given("branch", str, one.default_branch) or "", call.required("message", str)
    tip = one.git.branch(branch)
    if tip is None:
        if one.git.refs("refs/heads") or branch != one.default_branch:
            raise FakeRefusal(404, f"Branch {branch} not found")
        parents: tuple[str, ...] = ()
    else:
        parents = (tip,)
    entry = one.git.entry(tip, path) if tip else ()
    given = call.given("sha", str)
    if content is None and not entry:
        raise not_found()
    if entry and given is None:
        raise FakeRefusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if given is not None and (not entry or entry[2] != given):
        raise FakeRefusal(409, f"{path} does not match {given}")
    # Bots' commits are GitHub's own, as made on its pages; a person's are theirs.
    own = call.by.account.ident
    committer = _ident(call, "committer") or (WEB_FLOW if call.by.account.kind == "Bot" else own)
    author = _ident(call, "author") or _ident(call, "committer") or own
    made = one.git.commit_files({path: content}, message, parents=parents, author=author, committer=committer, at=call.state.now())
    push(call.state, one, call.by, f"refs/heads/{branch}", made)
    shape: dict[str, Any] = {"content": None, "commit": _commit_in_answer(call, made)}
    if content is not None:
        row = ("blob", "100644", object_id("blob", content), path)
        shape["content"] = {key: value for key, value in shapes.content(call.view, one, branch, row, lambda: content).items() if key not in ("content", "encoding")}  # fmt: skip
    return FakeAnswer(200 if entry or content is None else 201, shape)


def _commit_in_answer(call: FakeCall, sha: str) -> dict[str, Any]:
    shape = shapes.git_commit(call.view, call.repository, call.repository.git.read(sha))
    shape["verification"] = {**shape["verification"]}
    return shape


@route("PUT", CONTENTS, "contents")
def put_contents(call: FakeCall) -> FakeAnswer:
    """Write a file: a commit and a push."""
    text = call.required("content", str)
    try:
        data = base64.b64decode(text, validate=False)
    except binascii.Error as error:
        raise FakeRefusal(422, "content is not valid Base64") from error
    return _commit_file(call, data)


@route("DELETE", CONTENTS, "contents")
def delete_contents(call: FakeCall) -> FakeAnswer:
    """Delete a file: a commit and a push."""
    if call.body is None:
        call.body = dict(call.query)
    call.required("sha", str)
    return _commit_file(call, None)


@route("POST", REPO + "/git/refs", "contents")
def create_ref(call: FakeCall) -> FakeAnswer:
    """Make a reference."""
    one, name, sha = call.repository, require_ref_name(call.required("ref", str)), call.required("sha", str)
    if one.git.commit_id(sha) is None:
        raise FakeRefusal(422, "Object does not exist")
    if one.git.ref(name) is not None:
        raise FakeRefusal(422, "Reference already exists")
    push(call.state, one, call.by, name, sha)
    shape = shapes.git_ref(call.view, one, name, sha)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


@route("PATCH", REPO + "/git/refs/{ref}", "contents")
def update_ref(call: FakeCall) -> FakeAnswer:
    """Move a reference; backwards or sideways only with force."""
    one, name, sha = call.repository, require_ref_name(f"refs/{call.parameters['ref']}"), call.required("sha", str)
    before = one.git.ref(name)
    if before is None:
        raise FakeRefusal(422, "Reference does not exist")
    if one.git.commit_id(sha) is None:
        raise FakeRefusal(422, "Object does not exist")
    if not call.given("force", bool) and not one.git.is_ancestor(before, sha):
        raise FakeRefusal(422, "Update is not a fast forward")
    push(call.state, one, call.by, name, sha)
    return FakeAnswer(200, shapes.git_ref(call.view, one, name, sha))


@route("DELETE", REPO + "/git/refs/{ref}", "contents")
def delete_ref(call: FakeCall) -> FakeAnswer:
    """Delete a reference."""
    one, name = call.repository, require_ref_name(f"refs/{call.parameters['ref']}")
    if one.git.ref(name) is None:
        raise FakeRefusal(422, "Reference does not exist")
    push(call.state, one, call.by, name, None)
    return FakeAnswer(204)


@route("GET", REPO + "/git/commits/{commit_sha}", "contents")
def get_git_commit(call: FakeCall) -> FakeAnswer:
    """One commit object."""
    sha = call.repository.git.commit_id(call.parameters["commit_sha"])
    if sha is None or sha != call.parameters["commit_sha"]:
        raise not_found()
    return FakeAnswer(200, shapes.git_commit(call.view, call.repository, call.repository.git.read(sha)))


@route("POST", REPO + "/git/commits", "contents")
def create_git_commit(call: FakeCall) -> FakeAnswer:
    """Make a commit object; no reference names it yet."""
    git, own = call.repository.git, call.by.account.ident
    author, committer = _ident(call, "author") or own, _ident(call, "committer") or _ident(call, "author") or own
    tree, parents = call.required("tree", str), call.names("parents")
    if any(git.repo.read(sha) is None for sha in (tree, *parents)):
        raise FakeRefusal(422, "Tree SHA does not exist")
    made = git.commit_tree(tree, call.required("message", str), parents=parents, author=author, committer=committer, at=call.state.now())
    shape = shapes.git_commit(call.view, call.repository, git.read(made))
    return FakeAnswer(201, shape, {"Location": shape["url"]})


@route("GET", REPO + "/git/trees/{tree_sha}", "contents")
def get_tree(call: FakeCall) -> FakeAnswer:
    """What a tree holds."""
    git, name = call.repository.git, call.parameters["tree_sha"]
    sha = git.repo.shared_reader().object_id(f"{git.commit_id(name) or name}^{{tree}}") if re.fullmatch(r"[\w./-]+", name) else None
    if sha is None:
        raise not_found()
    url = call.view.repository_url(call.repository)
    rows = []
    for kind, mode, oid, path in git.tree(sha, deep="recursive" in call.query):
        row: dict[str, Any] = {"path": path, "mode": mode, "type": kind, "sha": oid, "url": f"{url}/git/{kind}s/{oid}"}
        if kind == "blob":
            row["size"] = len(git.repo.read(oid) or b"")
        rows.append(row)
    return FakeAnswer(200, {"sha": sha, "url": f"{url}/git/trees/{sha}", "tree": rows, "truncated": False})


@route("POST", REPO + "/git/trees", "contents")
def create_tree(call: FakeCall) -> FakeAnswer:
    """Make a tree: the entries given, upon a base where one is named."""
    git = call.repository.git
    entries: dict[str, tuple[str, str]] = {}
    if (base := call.given("base_tree", str)) is not None:
        entries = {path: (mode, oid) for kind, mode, oid, path in git.tree(base, deep=True) if kind != "tree"}
    for one in call.required("tree", list):
        path = str(one["path"])
        if "content" in one:
            oid = write_object(git.path, "blob", str(one["content"]).encode())
        elif one.get("sha") is None:
            entries.pop(path, None)
            continue
        else:
            oid = one["sha"]
        entries[path] = (one.get("mode", "100644"), oid)
    lines = "".join(f"{mode} {oid}\t{path}\n" for path, (mode, oid) in entries.items())
    index = git.path / "fake-index"
    git.repo.run("update-index", "--add", "--index-info", stdin=lines.encode(), env={"GIT_INDEX_FILE": str(index)})
    call.parameters = {**call.parameters, "tree_sha": git.repo.run("write-tree", env={"GIT_INDEX_FILE": str(index)}).decode().strip()}
    index.unlink()
    answer = get_tree(call)
    return FakeAnswer(201, answer.body, {"Location": answer.body["url"]})


@route("GET", REPO + "/git/blobs/{file_sha}", "contents")
def get_blob(call: FakeCall) -> FakeAnswer:
    """The bytes of a file."""
    sha = call.parameters["file_sha"]
    data = call.repository.git.repo.read(sha) if re.fullmatch(r"[0-9a-f]{40}", sha) else None
    if data is None or object_id("blob", data) != sha:
        raise not_found()
    url = f"{call.view.repository_url(call.repository)}/git/blobs/{sha}"
    shape = {"sha": sha, "node_id": sha, "size": len(data), "url": url, "content": base64.encodebytes(data).decode(), "encoding": "base64"}
    return FakeAnswer(200, shape)


@route("POST", REPO + "/git/blobs", "contents")
def create_blob(call: FakeCall) -> FakeAnswer:
    """Keep the bytes of a file."""
    text = call.required("content", str)
    data = base64.b64decode(text) if call.given("encoding", str) == "base64" else text.encode()
    sha = write_object(call.repository.git.path, "blob", data)
    url = f"{call.view.repository_url(call.repository)}/git/blobs/{sha}"
    return FakeAnswer(201, {"sha": sha, "url": url}, {"Location": url})
