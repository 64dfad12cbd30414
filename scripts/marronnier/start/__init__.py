"""How a brand begins: the empty brand and the example as package data, and the writing of a new post."""

from marronnier.start.brand_folder import NewBrand, create_brand
from marronnier.start.new_post import PostRequest, slug, write_post
from marronnier.start.templates import EXAMPLE, blank, example, template_languages

__all__ = ["EXAMPLE", "NewBrand", "PostRequest", "blank", "create_brand", "example", "slug", "template_languages", "write_post"]
