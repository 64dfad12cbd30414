"""The AT protocol of Bluesky's servers: identifiers, facets of a text, client, check of an account."""
