"""Paths → plain streams of bytes, whatever they are packed in, and the tally of what they gave."""
