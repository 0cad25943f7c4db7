"""What can go wrong, as values a person can act on.

LongtailError                 anything Longtail says no to: the command exits with 1
├── UsageError                the request cannot be meant: the command exits with 2
│   └── OutputExists          the file is there already and --force was not given
└── InputError                an input as a whole cannot be used
    ├── NothingToRead         no path matched, or no file in it is telemetry
    └── UnknownFormat         the content of a file is of no known format
"""


class LongtailError(Exception):
    """What is wrong, where, and what to do about it, in one sentence or two."""


class UsageError(LongtailError):
    """The request cannot be meant."""


class OutputExists(UsageError):  # noqa: N818
    """The output file is there already."""


class InputError(LongtailError):
    """An input as a whole cannot be used."""


class NothingToRead(InputError):  # noqa: N818
    """No path matched, or none of the files is telemetry."""


class UnknownFormat(InputError):  # noqa: N818
    """The content of a file is of no known format."""
