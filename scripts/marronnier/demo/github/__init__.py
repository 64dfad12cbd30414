"""A fake GitHub on loopback, with a memory, over bare repositories on disk: for the demo, and for tests. See `fake_github`."""

from marronnier.demo.github.fake_github import FakeGitHub
from marronnier.demo.github.hosted_repository import HostedRepository
from marronnier.demo.github.people import FakePerson
from marronnier.demo.github.state import FakeRefusal

__all__ = ["FakeGitHub", "FakePerson", "FakeRefusal", "HostedRepository"]
