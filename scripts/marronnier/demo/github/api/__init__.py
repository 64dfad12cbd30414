"""The addresses of the fake GitHub's API: one module a kind of thing, each a list of routes. Importing them fills the table of routes."""
