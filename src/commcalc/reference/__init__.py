"""What a plan pays, with a pencil: plain Python, one deal at a time. Begin with `run`."""
