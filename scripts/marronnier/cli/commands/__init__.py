"""The commands: a module each, holding a click command named `command`. The folder is the registry."""
