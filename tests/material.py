"""Where the data is that some tests need and the project does not hold: weights, pictures, embeddings, a server."""

import os
from pathlib import Path

TEST_DATA = Path(os.environ.get("IMAGE_SEARCH_TEST_DATA") or Path(__file__).parents[2] / "shared").resolve()
"""What needs it is skipped where it is not there; CONTRIBUTING.md says what lies in it."""

START_ELASTICSEARCH = TEST_DATA / "elasticsearch" / "start"
