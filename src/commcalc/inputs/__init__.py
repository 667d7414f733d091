"""Files in: the project file, the mapping, the tables."""
