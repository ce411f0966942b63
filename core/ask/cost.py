"""What a picture costs a model, in tokens, before it is sent."""

import math

_PATCH = 28  # pixels
_TILE, _BASE, _EACH = 512, 85, 170
_LONGEST, _SHORTEST = 2048, 768
_CHARACTERS = 4  # of English to a token


def patch_tokens(width: int, height: int) -> int:
    """Of models that see a picture in squares of 28 pixels, a token each.

    Qwen2.5-VL, https://arxiv.org/abs/2502.13923, section 2.1.1.
    """
    return math.ceil(width / _PATCH) * math.ceil(height / _PATCH)


def tile_tokens(width: int, height: int) -> int:
    """Of models that see it whole, and in squares of 512 pixels once it is at most 768 pixels on its shorter side.

    GPT-4o at high detail, https://platform.openai.com/docs/guides/images-vision#calculating-costs.
    """
    scale = min(1.0, _LONGEST / max(width, height))
    scale *= min(1.0, _SHORTEST / (min(width, height) * scale))
    tiles = math.ceil(width * scale / _TILE) * math.ceil(height * scale / _TILE)
    return _BASE + _EACH * tiles


def text_tokens(text: str) -> int:
    """About so many."""
    return math.ceil(len(text) / _CHARACTERS)
