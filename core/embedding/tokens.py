"""How CLIP reads words, without torch.

The tokenizer is a file of the package `clip` that needs nothing of the rest. `import clip` brings torch and torchvision
with it, which takes eight seconds and 600 MB.
"""

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

CONTEXT = 77
"""Tokens that CLIP reads of a text."""

MAX_TOKENS = CONTEXT - 2
"""The first and the last are CLIP's own."""


def count_tokens(text: str) -> int:
    return len(_tokenizer().encode(text))


def tokenize(texts: Sequence[str]) -> NDArray[np.int32]:
    """Texts of at most `MAX_TOKENS` tokens, as `clip.tokenize` gives them. Returns shape `(n, 77)`."""
    tokenizer = _tokenizer()
    start, end = (tokenizer.encoder[mark] for mark in ("<|startoftext|>", "<|endoftext|>"))
    rows = np.zeros((len(texts), CONTEXT), np.int32)
    for row, text in zip(rows, texts, strict=True):
        tokens = [start, *tokenizer.encode(text), end]
        row[: len(tokens)] = tokens
    return rows


@cache
def _tokenizer() -> Any:
    package = importlib.util.find_spec("clip")  # finds the package, and does not import it
    if package is None or package.origin is None:
        raise ModuleNotFoundError("the package clip is not installed", name="clip")
    file = Path(package.origin).with_name("simple_tokenizer.py")
    spec = importlib.util.spec_from_file_location("core.embedding.clip_simple_tokenizer", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SimpleTokenizer()
