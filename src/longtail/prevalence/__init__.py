"""Sighting → Alert: what a population almost never runs, grouped into incidents and explained."""
