"""`Repo`: commits, branches and objects read through git, and errors that tell a person what to do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from marronnier.git import CatFile, GitError, NotInstalled, Repo, ssh_keygen, text_signer
from marronnier.messages import Trouble


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide this machine's settings and identity from git."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("EMAIL", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.delenv(name, raising=False)


def git(path: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=Test", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main", *arguments],
        cwd=path, check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Path:
    path = tmp_path / "place"
    path.mkdir()
    git(path, "init", "-q")
    (path / "é ü.txt").write_text("un\n")
    (path / "-n").write_text("deux\n")
    git(path, "add", "-A")
    git(path, "commit", "-qm", "Un")
    return path


def test_what_stands_where(place: Path) -> None:
    repo = Repo(place).require()
    assert repo.version() >= (2, 34)
    assert repo.head() == git(place, "rev-parse", "HEAD") == repo.default_commit()
    assert repo.branch() == repo.default_branch() == repo.require_branch() == "main"
    assert not repo.is_shallow()
    assert not repo.has_remote()


def test_where_origin_is_is_asked_again_once_it_changed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, asked = Repo(place), []
    monkeypatch.setattr(repo, "run", lambda *arguments, **more: asked.append(arguments) or Repo.run(repo, *arguments, **more))
    assert [repo.has_remote(), repo.remote_url(), repo.remotes()] == [False, None, []]
    git(place, "remote", "add", "origin", "here")
    assert [repo.has_remote(), repo.remote_url(), repo.remotes()] == [True, "here", ["origin"]]
    git(place, "remote", "set-url", "origin", "away")
    assert [repo.has_remote(), repo.remote_url(), repo.remotes()] == [True, "away", ["origin"]]
    git(place, "remote", "rename", "origin", "other")
    assert [repo.has_remote(), repo.remote_url(), repo.remotes()] == [False, None, ["other"]]
    assert len(asked) == 1 + 4 * 2, "where the settings are, and both questions after each change"


def test_what_cannot_change_is_asked_of_git_once(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    run = subprocess.run

    def remember(command: list[str], **options: object) -> object:
        asked.append(command[command.index("-C") + 2 :])
        return run(command, **options)  # type: ignore[call-overload]

    folder = place / "deux\nlignes"
    folder.mkdir()
    monkeypatch.setattr(subprocess, "run", remember)
    repo = Repo(folder).require()
    commit = repo.head()
    assert commit is not None and repo.prefix == "deux\nlignes/"
    assert repo.list_files(commit, bytes.split) == repo.list_files(commit, bytes.split) != []
    assert repo.remote_url() is None and repo.default_branch() == "main" and not repo.has_remote()
    assert sorted(words[0] for words in asked if words[0] != "version") == ["config", "for-each-ref", "ls-tree", "rev-parse"]


def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    repo = Repo(tmp_path).require()
    assert repo.head() is None
    assert repo.default_commit() is None
    assert repo.default_branch() == "main"


@pytest.mark.parametrize("name", ["trunk", "master", "publication"])
def test_the_default_branch_is_the_one_that_is_there(tmp_path: Path, name: str) -> None:
    git(tmp_path, "init", "-q", "-b", name)
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "x")
    git(tmp_path, "branch", "ledger")
    assert Repo(tmp_path).default_branch() == name
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(tmp_path), str(clone))
    git(clone, "switch", "-q", "-c", "brouillon")
    git(clone, "branch", "-q", "-D", name)
    assert Repo(clone).default_branch() == name
    assert Repo(clone).default_commit() == git(tmp_path, "rev-parse", name)


def test_a_branch_named_as_an_option_is_a_name(place: Path) -> None:
    repo = Repo(place)
    assert repo.commit_id("--help") is None
    assert repo.commit_id("--upload-pack=touch pwned") is None
    assert not repo.is_ancestor("--all", "HEAD")
    git(place, "update-ref", "refs/heads/-x;touch${IFS}pwned", "HEAD")
    assert repo.commit_id("refs/heads/-x;touch${IFS}pwned") == repo.head()
    assert not (place / "pwned").exists()


def test_reading_many_objects(place: Path) -> None:
    with Repo(place).open_reader() as batch:
        assert batch.read("HEAD:é ü.txt") == b"un\n"
        assert batch.read("HEAD:-n") == b"deux\n"
        assert batch.read("HEAD:nothing blob 3") is None
        assert batch.read("nothing") is None
        assert batch.read("") is None
        with pytest.raises(ValueError):
            batch.read("HEAD:a\nHEAD:-n")
        assert list(batch.read_all(["HEAD:-n", "x", "HEAD:é ü.txt"] * 3000)) == [b"deux\n", None, b"un\n"] * 3000
        assert batch.read("HEAD:-n") == b"deux\n"


def test_large_and_empty_objects(place: Path) -> None:
    large = bytes(range(256)) * 40_000
    (place / "large").write_bytes(large)
    (place / "empty").write_bytes(b"")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "x")
    with Repo(place).open_reader() as batch:
        assert list(batch.read_all(["HEAD:large", "HEAD:empty", "HEAD:large", "HEAD:-n"])) == [large, b"", large, b"deux\n"]


def test_one_reader_is_kept_and_replaced_when_it_ends(place: Path) -> None:
    repo = Repo(place)
    assert repo.read("HEAD:-n") == b"deux\n"
    (place / "new").write_text("neuf")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "x")
    assert repo.read("HEAD:new") == b"neuf"
    assert repo._reader is not None
    repo._reader.close()
    assert repo.read("HEAD:-n") == b"deux\n"


def test_references_move_together_or_not_at_all(place: Path) -> None:
    repo, un = Repo(place), git(place, "rev-parse", "HEAD")
    git(place, "commit", "-qm", "Deux", "--allow-empty")
    deux = git(place, "rev-parse", "HEAD")
    repo.update_refs({"refs/test/a": un, "refs/test/b": un}, {"refs/test/a": None})
    with pytest.raises(GitError, match=r"\Afatal: .*refs/test/a"):
        repo.update_refs({"refs/test/b": deux, "refs/test/a": deux}, {"refs/test/a": None})
    assert repo.commit_id("refs/test/b") == un
    # A move that failed ended that git; the next move opens another.
    repo.update_refs({"refs/test/b": deux, "refs/test/a": deux}, {"refs/test/a": un})
    assert repo.commit_id("refs/test/a") == repo.commit_id("refs/test/b") == deux
    (place / ".git/refs/test/c.lock").touch()
    with pytest.raises(GitError, match="File exists"):
        repo.update_refs({"refs/test/c": deux}, {})
    assert repo.commit_id("refs/test/c") is None


def test_a_git_that_was_ended_is_not_asked_again(place: Path) -> None:
    repo, un = Repo(place), git(place, "rev-parse", "HEAD")
    repo.update_refs({"refs/test/a": un}, {})
    assert repo._references is not None
    repo._references._process.kill()
    repo._references._process.wait()
    repo.update_refs({"refs/test/b": un}, {})
    assert repo.commit_id("refs/test/b") == un


def test_a_child_does_not_share_the_git_of_its_parent(place: Path) -> None:
    repo = Repo(place)
    assert repo.read("HEAD:-n") == b"deux\n"
    child = os.fork()
    if child == 0:
        os._exit(0 if repo.read("HEAD:é ü.txt") == b"un\n" else 1)
    assert repo.read("HEAD:-n") == b"deux\n"
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_text_is_signed_by_an_ssh_keygen_that_waits_for_it(tmp_path: Path) -> None:
    key = tmp_path / "key"
    ssh_keygen("-q", "-t", "ed25519", "-N", "", "-f", str(key))
    with text_signer(str(key)) as sign:
        signature = sign(b"bonjour")
    (tmp_path / "signature").write_bytes(signature)
    ssh_keygen("-Y", "check-novalidate", "-n", "git", "-s", str(tmp_path / "signature"), stdin=b"bonjour")
    with pytest.raises(GitError):
        ssh_keygen("-Y", "check-novalidate", "-n", "git", "-s", str(tmp_path / "signature"), stdin=b"bonsoir")
    with pytest.raises(GitError), text_signer(str(tmp_path / "nothing")) as sign:
        sign(b"bonjour")
    # Nothing to sign after all: nothing is left waiting.
    with text_signer(str(key)):
        pass


def test_a_reader_whose_git_ended_says_so(tmp_path: Path) -> None:
    with Repo(tmp_path / "nowhere").open_reader() as batch, pytest.raises(GitError):
        batch.read("HEAD")


def test_an_answer_that_does_not_come_is_given_up(place: Path) -> None:
    git(place, "config", "alias.wait", "!sleep 20")
    with pytest.raises(GitError, match="gave no answer") as caught:
        Repo(place).run("wait", timeout=0.3)
    assert caught.value.status == -1


def test_variables_of_a_hook_around_us_do_not_lead_elsewhere(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert Repo(place).head() is not None


def test_a_replaced_object_is_not_believed(place: Path) -> None:
    (place / "-n").write_text("autre\n")
    git(place, "commit", "-qam", "autre")
    git(place, "replace", git(place, "rev-parse", "HEAD:-n"), git(place, "rev-parse", "HEAD:é ü.txt"))
    assert Repo(place).read("HEAD:-n") == b"autre\n"


# What only a person can settle: one sentence each


def test_no_git(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(Trouble, match="git is not installed"):
        Repo(place).require()
    with pytest.raises(NotInstalled):
        Repo(place).run("version")
    with pytest.raises(NotInstalled):
        CatFile(["git"])


def test_an_old_git(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin/git"
    old.write_text("#!/bin/sh\necho git version 2.17.1\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    with pytest.raises(Trouble, match=r"too old: 2\.17\.1") as caught:
        Repo(place).require()
    assert "2.34" in caught.value.next


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(Trouble, match="not in a git repository") as caught:
        Repo(tmp_path).require()
    assert "git init" in caught.value.next


def test_a_repository_of_somebody_else(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if Repo(place).version() < (2, 35, 2):
        pytest.skip("git asks whose repository it is since 2.35.2")
    # Git's own switch for its own tests of this.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(Trouble, match="belongs to somebody else") as caught:
        Repo(place).require()
    assert "safe.directory" in caught.value.next


def test_a_detached_head(place: Path) -> None:
    git(place, "switch", "-q", "--detach")
    repo = Repo(place).require()
    assert repo.branch() is None
    with pytest.raises(Trouble, match="detached") as caught:
        repo.require_branch()
    assert "git switch main" in caught.value.next


def test_a_shallow_clone(place: Path, tmp_path: Path) -> None:
    git(place, "commit", "-q", "--allow-empty", "-m", "Deux")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{place}", str(tmp_path / "shallow"))
    repo = Repo(tmp_path / "shallow").require()
    assert repo.is_shallow()


def test_nobody_is_known_to_git(place: Path) -> None:
    git(place, "config", "user.useConfigOnly", "true")
    with pytest.raises(Trouble, match="who you are") as caught:
        Repo(place).require_identity()
    assert "user.email" in caught.value.next
    git(place, "config", "user.name", "Inès")
    git(place, "config", "user.email", "ines@example.org")
    assert Repo(place).require_identity() == "Inès <ines@example.org>"


@pytest.mark.parametrize("token", ["ghs_CANARYcanaryCANARYcanary0123456789ab", "cafe0123456789abcdef0123456789abcdef0123"])
@pytest.mark.parametrize("address", ["https://{}@127.0.0.1:1/a/b.git", "https://x:{}@127.0.0.1:1/a/b.git", "https://127.0.0.1:1/{}/b.git"])  # fmt: skip
def test_n08_no_error_of_git_shows_the_token_of_an_address(place: Path, monkeypatch: pytest.MonkeyPatch, address: str, token: str) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", token)
    git(place, "remote", "add", "origin", address.format(token))
    with pytest.raises(GitError) as error:
        Repo(place).run("fetch", "origin")
    assert "127.0.0.1" in f"{error.value}"
    assert token[4:20] not in f"{error.value} {error.value.output}"
