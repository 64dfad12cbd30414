"""Proofs: what Git, the forge and the ledger say, read for plan, approval and publishing into one situation."""
