"""The tools one can come from: a module each, with `read(source, desk, now, zone, *, fresh) -> Crossing`. The folder is the registry."""
