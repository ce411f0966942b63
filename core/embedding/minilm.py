"""all-MiniLM-L6-v2, a sentence encoder whose weights come inside a package.

The network is BERT (Devlin et al., 2019) with six layers, mean pooled (Reimers and Gurevych, 2019). It is put together
from torch's own layers: importing the library it is usually run with takes longer than all the rest of loading it.
"""

import re
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from core.vectors import Embeddings, unit

DIMS = 384
MAX_TOKENS = 256
"""The first and the last are the model's own."""

_HEADS = 12
_HIDDEN = 1536
_LAYERS = 6
_BATCH = 64


class MiniLM:
    """Loads from the folder of the model in 0.2 s, once torch is imported."""

    def __init__(self, folder: Path) -> None:
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        weights = load_file(folder / "model.safetensors")
        self._embed = {name.split(".")[1]: weights[name] for name in weights if name.startswith("embeddings.")}
        self._norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers = [_layer(weights, f"encoder.layer.{number}.") for number in range(_LAYERS)]

    def fit(self, text: str) -> str:
        """The text, or as many whole words from its start as the model reads."""
        encoded = self._tokenizer.encode(_clean(text))
        if len(encoded) <= MAX_TOKENS:
            return text
        end = MAX_TOKENS - 2
        words = encoded.word_ids  # the first and the last token belong to no word
        while end > 1 and words[end] == words[end + 1]:
            end -= 1
        return text[: encoded.offsets[end][1]]

    def embed(self, texts: Sequence[str]) -> Embeddings:
        """Texts as `fit` gives them. Returns shape `(n, 384)`."""
        ids = [encoded.ids for encoded in self._tokenizer.encode_batch([_clean(text) for text in texts])]
        embeddings = np.empty((len(ids), DIMS), np.float32)
        # Texts of one length at a time: no padding, and so each comes out as it would alone.
        for _, group in groupby(sorted(range(len(ids)), key=lambda row: len(ids[row])), key=lambda row: len(ids[row])):
            rows = list(group)
            for start in range(0, len(rows), _BATCH):
                batch = rows[start : start + _BATCH]
                embeddings[batch] = self._mean_pooled([ids[row] for row in batch])
        return unit(embeddings)

    def _mean_pooled(self, ids: list[list[int]]) -> Embeddings:
        import torch

        with torch.inference_mode():
            words = self._embed["word_embeddings"][torch.tensor(ids)]
            places = self._embed["position_embeddings"][: len(ids[0])]
            x = words + places + self._embed["token_type_embeddings"][0]
            x = torch.nn.functional.layer_norm(x, (DIMS,), *self._norm, 1e-12)
            for layer in self._layers:
                x = layer(x)
            pooled: Embeddings = x.mean(dim=1).numpy()
        return pooled


def _layer(weights: dict[str, Any], prefix: str) -> Any:
    """One of BERT's layers as torch's, which keeps query, key and value in one matrix."""
    import torch

    layer = torch.nn.TransformerEncoderLayer(
        DIMS, _HEADS, _HIDDEN, dropout=0.0, activation="gelu", layer_norm_eps=1e-12, batch_first=True
    )
    names = {
        "self_attn.out_proj": "attention.output.dense",
        "norm1": "attention.output.LayerNorm",
        "linear1": "intermediate.dense",
        "linear2": "output.dense",
        "norm2": "output.LayerNorm",
    }
    state = {
        f"{ours}.{kind}": weights[f"{prefix}{theirs}.{kind}"]
        for ours, theirs in names.items()
        for kind in ("weight", "bias")
    }
    for kind in ("weight", "bias"):
        parts = [weights[f"{prefix}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        state[f"self_attn.in_proj_{kind}"] = torch.cat(parts)
    layer.load_state_dict(state)
    return layer.eval()


def _clean(text: str) -> str:
    """Lone surrogates, of which no tokenizer knows, replaced one by one: places in the text stay as they are."""
    return re.sub(r"[\ud800-\udfff]", "\ufffd", text)
