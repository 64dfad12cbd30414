"""How a brand begins: the empty brand and the example as package data, and the writing of a new post."""

from marronnier.start.folder import Begun, begin
from marronnier.start.post import Wanted, slug, write_post
from marronnier.start.template import EXAMPLE, LANGUAGES, blank, example

__all__ = ["EXAMPLE", "LANGUAGES", "Begun", "Wanted", "begin", "blank", "example", "slug", "write_post"]
