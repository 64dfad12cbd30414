"""One module a kind of page, each with `ORDER` (its place in the menus) and `make(view) -> Iterator[Page]`."""
