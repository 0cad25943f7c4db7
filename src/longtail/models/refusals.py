"""What a model's file says no to, as errors a person can act on.

ModelError                    the file is no model, or not whole: the command exits with 1
└── FutureModel               a later version of Longtail wrote it
"""

from longtail.errors import LongtailError


class ModelError(LongtailError):
    """The file is no model that can be used."""


class FutureModel(ModelError):  # noqa: N818
    """A later version wrote the model."""
