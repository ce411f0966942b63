"""A test that fails over a name which is no UTF-8 is reported as any other, by whichever process ran it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.reports import transferable

ROOT = Path(__file__).parents[1]
CONFTEST = "from tests.reports import pytest_report_to_serializable\n"
FAILING = """
import pytest

@pytest.mark.parametrize("name", ["caf\\udce9.jpg"])
def test_name(name):
    print(name)
    assert not name, name
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("café", "café"),
        ("caf\udce9", "caf\\udce9"),
        ({"a\udcff": ["b\udcff", ("c\udcff", 1, None)]}, {"a\\udcff": ["b\\udcff", ("c\\udcff", 1, None)]}),
        (b"\xff", b"\xff"),
    ],
)
def test_transferable(value: object, expected: object) -> None:
    assert transferable(value) == expected


def test_a_failure_over_such_a_name_travels(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_failing.py").write_text(FAILING)
    command = [sys.executable, "-m", "pytest", "-c", "/dev/null", "--rootdir", str(tmp_path), "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, "-n", "1", str(tmp_path)], capture_output=True, text=True, env={"PYTHONPATH": str(ROOT)}, check=False
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 failed" in ran.stdout
    assert "caf\\udce9.jpg" in ran.stdout
