"""The models that can be asked for."""

STARTER = "starter"
"""The model id of the starter model."""

CLIP_MODELS = {
    "clip/ViT-B-16": (512, 224),
    "clip/ViT-B-32": (512, 224),
    "clip/ViT-L-14": (768, 224),
    "clip/ViT-L-14-336px": (768, 336),
    "clip/RN50": (1024, 224),
    "clip/RN101": (512, 224),
    "clip/RN50x4": (640, 288),
    "clip/RN50x16": (768, 384),
    "clip/RN50x64": (1024, 448),
}
"""The CLIP models of Roboflow Inference: id to dims and side of the input in pixels (OpenAI's model cards)."""

MODELS = {STARTER: 512} | {model_id: dims for model_id, (dims, _) in CLIP_MODELS.items()}
"""Every model that can be asked for, and the dims of its embeddings."""
