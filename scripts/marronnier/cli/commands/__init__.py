"""The verbs: one file a command, each holding a click command named `command`. The folder is the registry."""
