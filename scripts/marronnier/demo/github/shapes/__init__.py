"""What the fake GitHub keeps, as its API writes it: one function a schema of GitHub's own description, under the schema's name."""
