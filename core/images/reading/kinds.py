"""Kinds of files that are not read here: pictures to their owners, or what came in place of a picture."""

import codecs
import os
import re
from typing import NamedTuple

SAVE_AS_JPEG = "Save it as JPEG or PNG."
_PAGES = "Save its pages as JPEG or PNG."
_FRAMES = "Save frames from it as JPEG or PNG."
_PHOTOSHOP = "Save it as PSD with 8 bits per channel, as JPEG or PNG."
_FETCH = "Download the picture again, and check what its URL returns."
_CHOOSE = "Choose a picture file."


class Kind(NamedTuple):
    """Of files."""

    title: str
    """As in `is a web page`."""
    remedy: str
    is_picture: bool = True
    """Whether people take it for one, or for a document or film with pictures."""


_SVG = Kind("an SVG drawing", SAVE_AS_JPEG)
_JPEG_XL = Kind("a JPEG XL picture", SAVE_AS_JPEG)
_PDF = Kind("a PDF document", _PAGES)
_POSTSCRIPT = Kind("a PostScript drawing", SAVE_AS_JPEG)
_FILM = Kind("a video", _FRAMES)
_LARGE_PHOTOSHOP = Kind("a large Photoshop document (PSB)", _PHOTOSHOP)
_GIMP = Kind("a GIMP picture", SAVE_AS_JPEG)
_METAFILE = Kind("a Windows metafile", SAVE_AS_JPEG)
_MEDICAL = Kind("a medical picture (DICOM)", SAVE_AS_JPEG)
_RAW = Kind("a camera raw file", "Develop it and save it as JPEG.")
_HDR = Kind("a high dynamic range picture", SAVE_AS_JPEG)
_UNCOMMON = Kind("a picture in an uncommon format", SAVE_AS_JPEG)
_SCIENTIFIC = Kind("a scientific picture", SAVE_AS_JPEG)
_LIVE = Kind("a live photo", "Export the still picture from it as JPEG or HEIC.")
_TEXTURE = Kind("a texture", SAVE_AS_JPEG)
_ANIMATION = Kind("an animation", _FRAMES)
_PROJECT = Kind("a drawing program's project", "Export it as JPEG or PNG.")

BY_SUFFIX = {
    **dict.fromkeys(("svg", "svgz"), _SVG),
    "jxl": _JPEG_XL,
    "pdf": _PDF,
    **dict.fromkeys(("ai", "eps", "epsf", "epsi", "ps"), _POSTSCRIPT),
    **dict.fromkeys(("mp4", "m4v", "mov", "avi", "mkv", "webm", "wmv", "flv", "mpg", "mpeg"), _FILM),
    **dict.fromkeys(("3gp", "3g2", "mts", "m2ts", "ogv", "gifv", "vob", "rm", "rmvb", "asf", "y4m"), _FILM),
    **dict.fromkeys(("braw", "r3d", "cine", "ari", "mxf"), _FILM),
    **dict.fromkeys(("swf", "fla", "lottie"), _ANIMATION),
    **dict.fromkeys(("bay", "cap", "ptx", "rwz", "cs1", "eip", "mdc", "obm", "pxn"), _RAW),
    **dict.fromkeys(("svs", "ndpi", "czi", "lif", "nd2", "vsi", "scn", "mrxs", "oib", "oif", "lsm"), _SCIENTIFIC),
    **dict.fromkeys(("xisf", "fts", "ser"), _SCIENTIFIC),
    **dict.fromkeys(("nii", "nrrd", "nhdr", "mha", "mhd", "mgh", "mgz"), _MEDICAL),
    **dict.fromkeys(("livp", "pvt"), _LIVE),
    **dict.fromkeys(("ktx", "ktx2", "pvr", "basis", "astc"), _TEXTURE),
    "psb": _LARGE_PHOTOSHOP,
    "xcf": _GIMP,
    **dict.fromkeys(("wmf", "emf", "wmz", "emz"), _METAFILE),
    **dict.fromkeys(("dcm", "dicom"), _MEDICAL),
    **dict.fromkeys(("exr", "hdr", "rgbe", "jxr", "wdp", "hdp"), _HDR),
    **dict.fromkeys(
        ("afphoto", "afdesign", "cdr", "clip", "kra", "ora", "pdn", "pxm", "procreate", "sketch", "xd", "fig"), _PROJECT
    ),
    **dict.fromkeys(("ase", "aseprite", "sai", "sai2", "mdp", "psp", "pspimage", "blend", "indd", "vsd"), _PROJECT),
    **dict.fromkeys(("vsdx", "dwg", "dxf", "skp", "drawio"), _PROJECT),
    **dict.fromkeys(("excalidraw", "afpub", "pixelmator", "pxd", "cpt"), _PROJECT),
    **dict.fromkeys(("jpm", "mj2", "jph", "jhc", "jls"), _UNCOMMON),
    **dict.fromkeys(("bpg", "flif", "djvu", "djv", "pct", "pict"), _UNCOMMON),
    **dict.fromkeys(("cel", "fpx", "wbmp", "ani", "wal", "cgm"), _UNCOMMON),
}  # fmt: skip
"""Kinds of files that are not read, by the ends of their names."""

"""By the ending of the name, lower case."""

_JSON = Kind("a server response (JSON)", _FETCH, is_picture=False)
_TEXT = Kind("a text file", _FETCH, is_picture=False)

_STARTS: dict[bytes, Kind] = {
    rb"version https://(git-lfs\.github|hawser\.github|git-media\.io)[\w./-]{0,9}/spec/": Kind(
        "a Git LFS pointer to a picture that was not downloaded",
        "Run `git lfs pull` in its folder.",
        is_picture=False,
    ),
    rb"(\.\./)*(\.git)?/?annex/objects/": Kind(
        "a git-annex pointer to a picture that was not downloaded",
        "Run `git annex get` in its folder.",
        is_picture=False,
    ),
    rb"\s*(<\?xml.{,500})?(<!DOCTYPE svg.{,300})?<svg": _SVG,
    rb"\s*(<!--.{,500})?(<\?xml.{,300})?\s*<(?i:!doctype html|html|head|body|title|meta|script|style|div|table|"
    rb"center|h\d|p>|br|b>|pre|\?php|%)": Kind(
        "a web page", _FETCH, is_picture=False
    ),
    rb"\s*(<\?xml.{,500})?<(\w+:)?(?i:error|exception|fault|serviceexception|accessdenied)": Kind(
        "a server's error message", _FETCH, is_picture=False
    ),
    rb"\s*<\?xml": Kind("an XML file", _FETCH, is_picture=False),
    rb"HTTP/\d": Kind("a server response", _FETCH, is_picture=False),
    rb"data:image/|(/9j/|iVBORw0KGgo)[A-Za-z0-9+/]": Kind(
        "a picture encoded as text (Base64)", "Decode it and save the result.", is_picture=False
    ),
    rb"%!PS|\xc5\xd0\xd3\xc6": _POSTSCRIPT,
    rb"%PDF": _PDF,
    rb".{4}ftypcrx |HEAPCCDR|.{4}HEAPCCDR|FUJIFILMCCD-RAW|FOVb|\0MRM|II(RO|RS|U\0)|MMOR|II\*\0.{4}CR\x02": _RAW,
    rb".{4}ftyp(qt|mp4|iso|M4V|3g|avc1|dash|mmp4|f4v)|\x1aE\xdf\xa3|RIFF.{4}AVI ": _FILM,
    rb"\0\0\x01[\xba\xb3]|FLV\x01|0&\xb2\x75": _FILM,
    rb"\xff\x0a|\0\0\0\x0cJXL ": _JPEG_XL,
    rb"8BPS\0\x02": _LARGE_PHOTOSHOP,
    rb"gimp xcf": _GIMP,
    rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF": _METAFILE,
    rb".{128}DICM": _MEDICAL,
    rb"v/1\x01|#\?RADIANCE|II\xbc": _HDR,
    rb"FLIF\d|BPG\xfb|AT&TFORM|FORM.{4}(ILBM|PBM )": _UNCOMMON,
    rb"\xabKTX |PVR\x03|\x13\xab\xa1\x5c": _TEXTURE,
    rb"[FCZ]WS[\x01-\x40].{3}": _ANIMATION,
    rb"BLENDER[-_]|AC10\d\d\0": _PROJECT,
    rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|\x04\x22\x4d\x18|xar!|.{257}ustar": Kind(
        "an archive", "Unpack it and index the folder.", is_picture=False
    ),
    rb"ID3|fLaC|OggS|RIFF.{4}WAVE": Kind("an audio file", _CHOOSE, is_picture=False),
    rb"\x7fELF|MZ|\xcf\xfa\xed\xfe": Kind("a program", _CHOOSE, is_picture=False),
    rb"\0\x05\x16[\0\x07]": Kind("the macOS metadata of a picture", "Copy the picture itself.", is_picture=False),
    rb"\xd0\xcf\x11\xe0": Kind("an office document", _PAGES, is_picture=False),
    rb"L\0\0\0\x01\x14\x02\0|book\0\0\0\0mark|\[InternetShortcut\]": Kind(
        "a shortcut", "Choose the file it points to.", is_picture=False
    ),
    rb"\0\x01\0\0\0.\0|OTTO|wOF[F2]|ttcf": Kind("a font", _CHOOSE, is_picture=False),
    rb"bplist0|SQLite format|\x89HDF\r\n|\x93NUMPY|PAR1|\x80[\x02-\x05][\x95}\]c(]|\0\0\0\x01Bud1": Kind(
        "a data file", _CHOOSE, is_picture=False
    ),
}  # fmt: skip
"""By how it begins, in the order that is looked for."""

_LOOKED_AT = 1000  # bytes of the beginning


def unread_by_name(name: str) -> str:
    """Why a file is passed over that people take for a picture by its name; empty where it is none, or one that is
    read."""
    kind = BY_SUFFIX.get(os.path.splitext(name)[1][1:].lower())  # noqa: PTH122 - a Path for each name is slow
    if kind is None:
        return ""
    return f"{kind.title[0].upper()}{kind.title[1:]}: this kind is not supported. {kind.remedy}"


def kind_of(data: bytes) -> Kind | None:
    """By how it begins; None where it is no kind that is known here."""
    start = data[:_LOOKED_AT].removeprefix(codecs.BOM_UTF8)
    known = next((kind for pattern, kind in _STARTS.items() if re.match(pattern, start, re.DOTALL)), None)
    return known or _kind_of_text(start)


def _kind_of_text(start: bytes) -> Kind | None:
    text = _as_text(start).strip().lstrip("\ufeff")
    if not text:
        return None
    return _JSON if re.match(r'[{\[]\s*["{\[\]}\d]', text) else _TEXT


def _as_text(start: bytes) -> str:
    """As UTF-8, or UTF-16 with its mark; empty where it is neither, or holds what no text does."""
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    for cut in range(4):  # the end may be half a character
        try:
            text = start[: len(start) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if not re.search(r"[\0-\x08\x0e-\x1a\x1c-\x1f\x7f]", text) else ""
    return ""
