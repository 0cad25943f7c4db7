"""Inventory × Opening → Recommendation: which openings nothing on the machine needs."""
