"""Files on disk: find them, open them upright, describe them, keep thumbnails and uploads."""
