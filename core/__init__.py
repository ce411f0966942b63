"""Everything image-search does, apart from its pages."""

__version__ = "0.1.0"
