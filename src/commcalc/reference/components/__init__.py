"""The kinds of component, one file each, as they would be worked out on paper."""
