"""Text: Markdown and plain text, their parts (links, mentions, hashtags), length, threads, typography and hidden dangers."""
