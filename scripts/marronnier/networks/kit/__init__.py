"""What networks are made with: the seam they stand behind, answers of servers by what must happen next, accounts, and protocols that several share."""
