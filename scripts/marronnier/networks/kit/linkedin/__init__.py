"""LinkedIn's API: its text, uploads, posts, and accounts, of which a page is an organization and a member a person."""
