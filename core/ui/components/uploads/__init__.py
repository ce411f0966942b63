"""The area that takes files."""

from core.ui.components.uploads.uploads import UploadLimits, upload_area

__all__ = ["UploadLimits", "upload_area"]
