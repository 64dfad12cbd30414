"""Words: variants, threads, Markdown to text, hashtags, counting."""
