"""The app's own HTTP routes, served beside Streamlit's: pictures, searches, what is done with their results."""

from core.api.protection import protection
from core.api.routing import routes

__all__ = ["protection", "routes"]
