"""What networks of chat messages share: words with marks of their own, and the parts that they make."""
