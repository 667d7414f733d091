"""Payment: from what is released to what is paid - carried in, charges, draws and their recovery, limits (semantics 9)."""
