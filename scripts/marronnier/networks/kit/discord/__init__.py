"""Discord's API."""
