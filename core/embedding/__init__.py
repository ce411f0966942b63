"""Pictures and words become vectors in one space, so that near means alike."""
