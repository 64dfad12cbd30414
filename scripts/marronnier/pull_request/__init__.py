"""The pull request: what it would change, told in it. Its files are read as git's objects; none is checked out, run or used as a template."""
