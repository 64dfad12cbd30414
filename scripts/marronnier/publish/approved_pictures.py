"""Pictures as they were approved: read at the commit of the seal, compared with the approved SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from marronnier.desk.commit_tree import CommitTree
from marronnier.git import GitError, Repo
from marronnier.messages import _
from marronnier.model.publication import Picture
from marronnier.networks.kit.seam import Refused


def picture_reader(repo: Repo) -> Callable[[str, Picture], bytes]:
    """A function that reads a picture at the commit it was sealed from. It raises Refused when the picture is gone or was changed."""

    def read(commit: str, picture: Picture) -> bytes:
        try:
            data = CommitTree(repo, commit).read(picture.path)
        except (FileNotFoundError, GitError) as error:
            raise Refused(_("{path} is not in the repository any more", path=picture.path)) from error
        if hashlib.sha256(data).hexdigest() != picture.sha256:
            raise Refused(_("{path} is not the picture that was approved", path=picture.path))
        return data

    return read
