"""The domain classes: what people write (each key documented) and what the tool derives from it. All are frozen."""
