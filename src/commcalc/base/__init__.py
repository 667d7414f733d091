"""What everything stands on: places, problems, money and periods. Standard library only."""
