"""The kinds of pages, one module each, with `ORDER` (its position in the menus) and `make(view) -> Iterator[Page]`."""
