"""Networks: the kinds of places a post can go. The folder is the registry."""
