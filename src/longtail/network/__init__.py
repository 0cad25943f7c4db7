"""Network exports → openings."""
