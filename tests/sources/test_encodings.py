"""Names in archives that do not say in which encoding they are."""

import struct
import zipfile

import pytest

from core.sources.archives.archive import ArchiveSource
from core.sources.archives.encodings import encoding_of
from core.sources.source import Found
from tests.hostile.drawn import png

NAMES = {
    "utf-8": [["花見.png"], ["Müller.png"], ["кот.png", "è.png"], ["u\u0308ber.png"], ["📷.png"]],
    "cp932": [["写真/花見.png", "写真/東京タワー.png"], ["ソフト.png"], ["ﾃｽﾄ.png"], ["画像001.png", "画像002.png"],
              ["桜.png"], ["新しいフォルダー/海.png"], ["DSC_0001 コピー.png"], ["表示.png"], ["沖縄旅行/夕焼け.png"]],
    "gb18030": [["照片/北京.png", "照片/上海外滩.png"], ["图片1.png"], ["新建文件夹/风景.png"], ["微信图片_2020.png"]],
    "big5": [["照片/臺北101.png", "照片/風景.png"], ["圖片.png"], ["新增資料夾/貓.png"]],
    "cp949": [["사진/서울.png", "사진/부산 바다.png"], ["새 폴더/고양이.png"], ["제주도.png"]],
    "cp1252": [["Müller/Größe.png"], ["été.png", "forêt.png"], ["señor niño.png"], ["Übung.png"], ["œuvre.png"],
               ["ÜBERSICHT.png"], ["São Paulo – praia.png"], ["blåbær.png"], ["Ü.png"], ["a/ñ-2.png"]],
    "cp437": [["Müller/Größe.png"], ["été.png", "forêt.png"], ["señor niño.png"], ["Übung.png"], ["Ärger.png"],
              ["ä.png"], ["2/é 1.png"]],
    "cp850": [["São Paulo.png", "manhã.png"]],
    "cp1250": [["Łódź.png", "zdjęcie.png"], ["žlutý kůň.png"]],
    "cp1251": [["фото/Москва.png", "фото/лето.png"], ["кот.png"], ["Новая папка/Я.png"]],
    "cp866": [["фото/Москва.png", "фото/лето.png"], ["кот.png"]],
    "cp1253": [["Αθήνα.png", "θάλασσα.png"]],
    "cp1255": [["תמונה.png"]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "names"), [(encoding, names) for encoding, lists in NAMES.items() for names in lists], ids=str
)
def test_names_come_out_readable(encoding, names):
    raw = [name.encode(encoding) for name in names]
    found = encoding_of(raw)
    assert found is not None
    assert [name.decode(found) for name in raw] == names


def test_what_is_readable_in_none():
    assert encoding_of([bytes(range(128, 256))]) is None


class Undeclared(zipfile.ZipInfo):
    """A member whose name is these bytes, said to be in no encoding."""

    raw = b""

    def _encodeFilenameFlags(self):
        return self.raw, 0


def archive(path, names):
    with zipfile.ZipFile(path, "w") as made:
        for number, name in enumerate(names):
            info = Undeclared(f"{number}.png")
            info.raw = name
            made.writestr(info, png())
    return ArchiveSource(path)


def test_pictures_are_read_under_their_names(tmp_path):
    source = archive(tmp_path / "x.zip", ["花見.png".encode("cp932"), "海.png".encode("cp932")])
    found = [one for one in source.find() if isinstance(one, Found)]
    assert [one.path.rpartition("/")[2] for one in found] == ["花見.png", "海.png"]
    assert all(source.read(one.path) for one in found)
    assert [ArchiveSource(tmp_path / "x.zip").stat(one.path) for one in found] == found


def test_what_is_utf8_beyond_doubt_is_that_beside_others(tmp_path):
    for number, others in enumerate((["Größe.png".encode("cp437")], ["кот.png".encode("cp1251")], [b"\x84.png"])):
        source = archive(tmp_path / f"{number}.zip", ["猫.png".encode(), *others])
        names = {one.path.rpartition("/")[2] for one in source.find()}
        assert names == {"猫.png", ("Größe.png", "кот.png", "ä.png")[number]}


def test_names_readable_in_no_encoding_are_refused_with_the_reason(tmp_path):
    source = archive(
        tmp_path / "x.zip", [b"/".join(bytes(range(n, n + 32)) for n in range(128, 256, 32)) + b".png", b"plain.png"]
    )
    found, refused = sorted(source.find(), key=lambda one: not isinstance(one, Found))
    assert found.path.endswith("plain.png")
    assert (refused.failed, "unknown encoding" in refused.reason) == (True, True)


def test_each_archive_is_decided_as_a_whole(tmp_path):
    source = archive(tmp_path / "x.zip", ["кот.png".encode("cp1251"), "лето.png".encode("cp1251")])
    assert [one.path.rpartition("/")[2] for one in source.find()] == ["кот.png", "лето.png"]


def test_what_says_its_encoding_is_left_alone(tmp_path):
    path = tmp_path / "x.zip"
    info = zipfile.ZipInfo("花.png")
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(info, png())
    flags = struct.unpack_from("<H", path.read_bytes(), 6)[0]
    assert flags & 0x800
    assert [one.path for one in ArchiveSource(path).find()] == [f"{path}/花.png"]
