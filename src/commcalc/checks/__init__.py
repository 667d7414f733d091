"""What needs the whole plan: one file a finding."""
