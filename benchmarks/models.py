"""Models to measure with: CLIP of its true size without its weights, and the weights that stand in for it.

    python -m benchmarks.models FOLDER    makes a ViT-B-16 with random weights there

Random weights take exactly as long as trained ones. That is all they are good for.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.data import TEST_DATA
from benchmarks.table import say
from core.embedding.weights import WEIGHTS, present_weights, weights_folder

MODEL_ID = "clip/ViT-B-16"
_CACHE = Path(tempfile.gettempdir()) / "image-search-benchmarks"


def full_size(model_dir: Path | None = None) -> Path:
    """The `MODEL_CACHE_DIR` of a ViT-B-16 with random weights; made once, in about two minutes.

    Args:
        model_dir: Where to keep it; by default in the temporary folder of the system.
    """
    cache_dir = model_dir or _CACHE
    if not present_weights(MODEL_ID, cache_dir):
        say(f"Making a ViT-B-16 with random weights in {cache_dir}")
        # In a process of its own: what it imports and the memory it takes are no part of what is measured.
        subprocess.run([sys.executable, "-W", "ignore", "-m", "benchmarks.models", str(cache_dir)], check=True)
    os.environ["OFFLINE_MODE"] = "True"
    return cache_dir


def stand_in(folder: Path) -> Path | None:
    """The `MODEL_CACHE_DIR` of the small weights beside the project, which understand words; None without them."""
    source = TEST_DATA / "models" / "dual-encoder"
    if not all((source / name).is_file() for name in WEIGHTS):
        return None
    target = weights_folder(MODEL_ID, folder)
    target.mkdir(parents=True, exist_ok=True)
    for name in WEIGHTS:
        shutil.copyfile(source / name, target / name)
    os.environ["OFFLINE_MODE"] = "True"
    return folder


def export(cache_dir: Path) -> None:
    """Write both towers of ViT-B-16 as ONNX files with CLIP's own inputs and outputs."""
    import torch
    from transformers import (
        CLIPTextConfig,
        CLIPTextModelWithProjection,
        CLIPVisionConfig,
        CLIPVisionModelWithProjection,
    )

    torch.manual_seed(0)
    # "eager": plain matrix products, as in OpenAI's own code; others cannot be traced.
    vision = CLIPVisionConfig(patch_size=16, image_size=224, hidden_size=768, projection_dim=512)
    text = CLIPTextConfig(hidden_size=512, projection_dim=512, num_attention_heads=8, num_hidden_layers=12)
    folder = weights_folder(MODEL_ID, cache_dir)
    folder.mkdir(parents=True, exist_ok=True)
    for config in (vision, text):
        config._attn_implementation = "eager"
    _export(CLIPVisionModelWithProjection(vision), torch.zeros(2, 3, 224, 224), folder / "visual.onnx")
    tokens = torch.full((2, 77), 49407, dtype=torch.int32)
    _export(CLIPTextModelWithProjection(text), tokens, folder / "textual.onnx")


def _export(model: Any, example: Any, path: Path) -> None:
    import torch

    class Tower(torch.nn.Module):  # type: ignore[misc]
        """The projected output alone, without the last hidden states."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, given: Any) -> Any:
            return self.model(given)[0]

    batch = {"input": {0: "batch"}, "output": {0: "batch"}}
    part = path.with_suffix(".part")
    torch.onnx.export(
        Tower().eval(), (example,), str(part), input_names=["input"], output_names=["output"],
        dynamic_axes=batch, opset_version=17, dynamo=False,
    )  # fmt: skip
    part.replace(path)  # so that a file which is there is whole


if __name__ == "__main__":
    export(Path(sys.argv[1]))
