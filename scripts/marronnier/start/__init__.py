"""How a brand begins: the empty brand and the example as package data, and the writing of a new post."""

from marronnier.start.brand_folder import NewBrand, create_brand
from marronnier.start.new_post import PostRequest, slug, write_post
from marronnier.start.templates import EXAMPLE, LANGUAGES, blank, example

__all__ = ["EXAMPLE", "LANGUAGES", "NewBrand", "PostRequest", "blank", "create_brand", "example", "slug", "write_post"]
