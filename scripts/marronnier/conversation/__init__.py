"""The conversation on the forge: commands in comments, issues for what needs a person, and where each post landed. Side work, which stops no publication."""
