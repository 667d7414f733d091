"""Tables of columns with unit and meaning, and exact arithmetic on them. Never pydantic."""
