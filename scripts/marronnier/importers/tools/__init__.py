"""The tools that can be imported from: each module or package here is an `Importer`. The folder is the registry."""
