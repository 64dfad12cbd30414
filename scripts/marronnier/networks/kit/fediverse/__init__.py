"""Mastodon's client API, which other fediverse servers share: client, look-up of toots, length of a toot, check of an account."""
