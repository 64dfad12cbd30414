"""Creates a brand, from the templates of the empty brand or from the example, and writes new posts."""

from marronnier.start.brand_folder import NewBrand, create_brand
from marronnier.start.maintainer import note_private
from marronnier.start.new_post import PostRequest, slug_of_title, write_post
from marronnier.start.templates import EXAMPLE, blank_brand, example_brand, template_languages
from marronnier.start.tool_source import REFERENCE, tool_reference
from marronnier.start.whereabouts import Whereabouts, whereabouts
from marronnier.start.workflow_files import (
    ENVIRONMENT,
    GUIDE,
    PUBLISH,
    SIGNING_KEY,
    WorkflowChoices,
    WrittenFiles,
    environments_of_workflow,
    secrets_of_channels,
    secrets_of_environments,
    workflow_files,
    write_missing,
)

__all__ = [
    "ENVIRONMENT",
    "EXAMPLE",
    "GUIDE",
    "PUBLISH",
    "REFERENCE",
    "SIGNING_KEY",
    "NewBrand",
    "PostRequest",
    "Whereabouts",
    "WorkflowChoices",
    "WrittenFiles",
    "blank_brand",
    "create_brand",
    "environments_of_workflow",
    "example_brand",
    "note_private",
    "secrets_of_channels",
    "secrets_of_environments",
    "slug_of_title",
    "template_languages",
    "tool_reference",
    "whereabouts",
    "workflow_files",
    "write_missing",
    "write_post",
]
