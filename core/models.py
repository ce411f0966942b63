"""The models that can be asked for: what they are, and what is known of their cost before they are had."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from core.text.command import command

STARTER = "starter"
"""The model id of the starter model."""

type Family = Literal["starter", "clip", "perception_encoder"]

_FLOAT = 4  # bytes


@dataclass(frozen=True, slots=True)
class Model:
    """A model that embeds words and pictures in one space."""

    id: str
    title: str
    family: Family
    dims: int
    """Of its embeddings."""
    side: int
    """Of the square that it looks at, in pixels."""
    tokens: int
    """That it reads of a text, with the first and the last, which are its own."""
    parameters: float
    """In millions."""
    gflops: float
    """Of one picture."""
    text_gflops: float
    """Of one text, as long as it may be."""
    files: tuple[str, ...]
    """Its weights, as Inference keeps them; empty where they come with a package."""
    source: str
    """Where these numbers are from."""
    needs_key: bool = False
    """Whether Roboflow's documentation asks for an API key to fetch it."""

    @property
    def size(self) -> int:
        """Bytes of its weights, about: those of its parameters in single precision."""
        return round(self.parameters * 1e6) * _FLOAT

    @property
    def cost(self) -> float:
        """What a picture costs, in pictures of the usual model."""
        return self.gflops / MODELS[USUAL].gflops


USUAL = "clip/ViT-B-16"
"""The model of those who choose none."""

_CARDS = "OpenAI's model cards; parameters and FLOPs from open_clip's model profile"
_ENCODER = (
    "Inference's own code of the model, its parameters and FLOPs counted without weights (torch, FlopCounterMode)"
)
_PAPERS = "the model cards of EfficientNet-Lite2 and all-MiniLM-L6-v2"


def _clip(version: str, title: str, dims: int, side: int, parameters: float, gflops: float, text: float) -> Model:
    files = ("visual.onnx", "textual.onnx")
    return Model(f"clip/{version}", f"CLIP {title}", "clip", dims, side, 77, parameters, gflops, text, files, _CARDS)


def _encoder(
    version: str, title: str, dims: int, side: int, tokens: int, parameters: float, gflops: float, text: float
) -> Model:
    return Model(
        f"perception_encoder/{version}",
        f"Perception Encoder {title}",
        "perception_encoder",
        *(dims, side, tokens, parameters, gflops, text, ("model.pt",), _ENCODER),
        needs_key=True,
    )


_ALL = (
    Model(STARTER, "Starter model", "starter", 512, 260, 256, 28.8, 1.74, 6.1, (), _PAPERS),
    _clip("RN50", "ResNet-50", 1024, 224, 102.01, 12.22, 5.96),
    _clip("RN101", "ResNet-101", 512, 224, 119.69, 19.54, 5.96),
    _clip("RN50x4", "ResNet-50×4", 640, 288, 178.3, 42.56, 9.27),
    _clip("RN50x16", "ResNet-50×16", 768, 384, 290.98, 149.39, 13.3),
    _clip("RN50x64", "ResNet-50×64", 1024, 448, 623.26, 529.11, 23.55),
    _clip("ViT-B-32", "ViT-B/32", 512, 224, 151.28, 8.82, 5.96),
    _clip("ViT-B-16", "ViT-B/16", 512, 224, 149.62, 35.13, 5.96),
    _clip("ViT-L-14", "ViT-L/14", 768, 224, 427.62, 162.03, 13.3),
    _clip("ViT-L-14-336px", "ViT-L/14, 336 px", 768, 336, 427.94, 381.92, 13.3),
    _encoder("PE-Core-B16-224", "B/16, 224 px", 1024, 224, 32, 447.7, 35.6, 19.4),
    _encoder("PE-Core-L14-336", "L/14, 336 px", 1024, 336, 32, 671.1, 384.4, 19.4),
    _encoder("PE-Core-G14-448", "G/14, 448 px", 1280, 448, 72, 2419.3, 4118.6, 68.6),
)

MODELS: Mapping[str, Model] = MappingProxyType({model.id: model for model in _ALL})
"""Every model that can be asked for, by its id: the starter model, the CLIP family and the Perception Encoders of
Roboflow Inference."""


def ask_for(model_id: str) -> str:
    """How a collection gets this model, whichever it is; what comes behind a colon."""
    others = command(f"collections model NAME {model_id}")
    return f"IMAGE_SEARCH_MODEL={model_id} for the first collection, for others {others}"
