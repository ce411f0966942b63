"""Documents whose pages are pictures, written page by page: Pillow keeps all of them in memory."""

from collections.abc import Iterable, Iterator
from itertools import count

_POINTS = 72  # an inch has


def pages_as_pdf(pages: Iterable[bytes], size: tuple[int, int], dots: int, title: str) -> Iterator[bytes]:
    """A PDF 1.4 (ISO 32000-1), piece by piece.

    Args:
        pages: RGB JPEGs.
        size: Width and height of each in pixels.
        dots: Pixels to an inch.
        title: Of the document.
    """
    width, height = size
    across, down = (f"{side * _POINTS / dots:.2f}" for side in size)
    written, places, kids = 0, {}, []
    numbers = count(4)  # 1 to 3 are written at the end, when all pages are known

    def piece(data: bytes) -> bytes:
        nonlocal written
        written += len(data)
        return data

    def thing(number: int, dictionary: str, stream: bytes | None = None) -> bytes:
        places[number] = written
        body = b"" if stream is None else b"stream\n" + stream + b"\nendstream\n"
        return piece(f"{number} 0 obj\n<< {dictionary} >>\n".encode() + body + b"endobj\n")

    yield piece(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    for jpeg in pages:
        image, content, page = (next(numbers) for _ in range(3))
        yield thing(
            image,
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB "
            f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(jpeg)}",
            jpeg,
        )
        drawing = f"q {across} 0 0 {down} 0 0 cm /Page Do Q".encode()
        yield thing(content, f"/Length {len(drawing)}", drawing)
        yield thing(
            page,
            f"/Type /Page /Parent 2 0 R /MediaBox [0 0 {across} {down}] /Contents {content} 0 R "
            f"/Resources << /XObject << /Page {image} 0 R >> >>",
        )
        kids.append(f"{page} 0 R")
    yield thing(1, "/Type /Catalog /Pages 2 0 R")
    yield thing(2, f"/Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}]")
    yield thing(3, f"/Title <{('\ufeff' + title).encode('utf-16-be', 'replace').hex()}>")
    table = "".join(f"{places[number]:010} 00000 n \n" for number in sorted(places))
    total = len(places) + 1
    yield (
        f"xref\n0 {total}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {total} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{written}\n%%EOF\n"
    ).encode()
