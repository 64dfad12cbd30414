"""The rules: this folder is their registry. `missing_alt_text.py` judges, `missing_alt_text.md` explains and is the test."""
