"""The words of the house: what people write (frozen, every key documented) and what the tool derives from it."""
