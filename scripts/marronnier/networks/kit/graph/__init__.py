"""Meta's Graph API, which Instagram, Threads and Facebook share: its client, errors, containers, listings and tokens."""
