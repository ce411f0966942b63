"""Every mode that Pillow knows as plain RGB, in sRGB."""

from dataclasses import dataclass

from PIL import Image

from core.images.colour.depth import eight_bits, is_deep
from core.images.colour.ground import WHITE, ground_of
from core.images.colour.profiles import to_srgb


@dataclass(frozen=True, slots=True)
class Rendered:
    image: Image.Image
    """RGB; the picture itself where it is that already."""
    is_special: bool
    """Whether more was done than `convert` does on white: colours of another space, another ground, fewer bits."""


def to_rgb(image: Image.Image, data: bytes) -> Rendered:
    """A loaded picture of any mode as RGB: its colours in sRGB, deep grey as `eight_bits` scales it, what is
    transparent on the ground of `ground_of`.

    Args:
        data: The file.
    """
    convert = to_srgb(image, data)
    if is_deep(image):
        plain, is_special = eight_bits(image, data)
        plain = plain.convert("RGB" if plain.mode == "L" else "RGBA")
    else:
        plain, is_special = _plain(image, inks=convert is not None and image.mode == "CMYK"), False
    if convert:
        plain, is_special = convert(plain), True
    if plain.mode != "RGBA":
        return Rendered(plain, is_special)
    ground = ground_of(plain)
    on_ground = Image.new("RGB", plain.size, ground)
    on_ground.paste(plain, mask=plain.getchannel("A"))
    return Rendered(on_ground, is_special or ground != WHITE)


def _plain(image: Image.Image, inks: bool) -> Image.Image:
    """A picture of at most eight bits as RGB, or RGBA where something in it is transparent; CMYK where that is asked
    for."""
    if image.mode == "P" and image.palette is None:  # from an ICNS, whose plugin forgets it; a copy finds it again
        image = image.copy()
    if image.has_transparency_data:
        return _with_alpha(image)
    return image if image.mode == "RGB" or inks else image.convert("RGB")


def _with_alpha(image: Image.Image) -> Image.Image:
    if image.mode == "La":  # grey premultiplied by alpha has one conversion only
        image = image.convert("LA")
    colour = image.info.get("transparency")
    if isinstance(colour, tuple) and max(colour) > 255:  # given in 16 bits, of which Pillow keeps the upper 8
        image.info["transparency"] = tuple(part >> 8 for part in colour)
    return image if image.mode == "RGBA" else image.convert("RGBA")
