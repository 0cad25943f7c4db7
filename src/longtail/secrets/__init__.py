"""Text that may hold secrets → the same text with each of them replaced by its kind: what every output goes through."""

from longtail.secrets.redaction import redacted

__all__ = ["redacted"]
