"""The rules: this folder is their registry. `missing_alt_text.py` checks, `missing_alt_text.md` explains and is the test.

A page shows small repositories as blocks of files under **Refused** and **Accepted**, and under **marronnier check** the whole output.
A block titled `ledger` lists what went out before: `2026-11-20 10:00 sent portes-ouvertes@journal` (or `unknown`), and below it the words.
"""
