"""What systems read."""
