"""What a plan pays, in columns."""
