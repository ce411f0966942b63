"""A client of image-search, for programs and notebooks: `Client("http://localhost:8501").search("coffee")`.

It needs httpx alone, and knows nothing of the app but its HTTP API.
"""

from image_search_client.asynchronous.client import AsyncClient
from image_search_client.errors import ImageSearchError
from image_search_client.results import Pictures, Results
from image_search_client.synchronous.client import Client

__all__ = ["AsyncClient", "Client", "ImageSearchError", "Pictures", "Results"]
