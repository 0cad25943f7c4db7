"""Longtail: what your fleet almost never does, and what it no longer does."""

__version__ = "0.1.0"
