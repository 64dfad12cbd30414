"""The protocol Bluesky's servers speak: names of accounts and records, marks in a text, sessions, records and blobs."""
