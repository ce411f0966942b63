"""Everything image-search does, apart from its pages."""
