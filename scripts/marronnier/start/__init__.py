"""Creates a brand, from the templates of the empty brand or from the example, and writes new posts."""

from marronnier.start.brand_folder import NewBrand, create_brand
from marronnier.start.new_post import PostRequest, slug_of_title, write_post
from marronnier.start.templates import EXAMPLE, blank_brand, example_brand, template_languages

__all__ = [
    "EXAMPLE",
    "NewBrand",
    "PostRequest",
    "blank_brand",
    "create_brand",
    "example_brand",
    "slug_of_title",
    "template_languages",
    "write_post",
]
