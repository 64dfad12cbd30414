"""A fake GitHub on loopback, with a memory, over bare repositories on disk: for the demo, and for tests. See `fake_github`."""

from marronnier.demo.github.fake_github import FakeGitHub
from marronnier.demo.github.people import FakePerson
from marronnier.demo.github.state import FakeRefusal
from marronnier.demo.github.team import FakeTeam

__all__ = ["FakeGitHub", "FakePerson", "FakeRefusal", "FakeTeam"]
