"""What was learnt from a window → an artefact that can be copied, checked and judged against; and back."""

from longtail.models.artefact import Header, Model, is_model, loaded, saved
from longtail.models.refusals import FutureModel, ModelError

__all__ = ["FutureModel", "Header", "Model", "ModelError", "is_model", "loaded", "saved"]
