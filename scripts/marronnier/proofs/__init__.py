"""What Git and the forge prove, read for plan and approval: versions, evidence, proposals."""
