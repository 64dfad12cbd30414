"""The forge: where the team's branches, reviews and approvals are. Plain Git is one; GitHub is another."""
