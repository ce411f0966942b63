"""Another version of the index is built, or one that is there is brought up to date, and takes the place of the one in
use when all is in it. Until then that stays as it is: it is searched, and pictures are indexed, tagged and removed.

What the version lacks is embedded by its own model, from the files, or from thumbnails where these are gone. Of the
same model as the one in use, it gets the embeddings that are there.
"""
