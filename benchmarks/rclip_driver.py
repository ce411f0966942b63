"""rclip over weights in the format of OpenAI's CLIP; run by the Python of rclip's own environment (`benchmarks.peers`).

rclip brings a model of its own, for pictures of 256 pixels and tokens of 64 bits. Here it is given other files, so that
both programs run the same networks.
"""

import sys

import numpy as np
from rclip.utils import preprocess

preprocess.IMAGE_SIZE = 224  # before the model's module copies it

from rclip.main import main  # noqa: E402
from rclip.model import Model  # noqa: E402


def _textual(self: Model, tokens: object) -> object:
    return self._run_session(self._session_text, np.asarray(tokens, np.int32))


Model._run_textual = _textual
sys.exit(main())
