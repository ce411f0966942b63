"""Tells from pytest's report which optional suites ran, and fails where one could have run and did not."""

import os
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

report, data = Path(sys.argv[1]), Path(sys.argv[2])

# A suite is known by parts of its tests' ids, and can run where its need is met. What needs nginx is of that one alone.
SUITES = {
    "nginx": (
        ("nginx", "test_proxy", "encrypted"),
        bool(shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")),
    ),
    "Elasticsearch": (("elastic",), (data / "elasticsearch").is_dir()),
    "CLIP through Inference": (("clip",), (data / "models").is_dir()),
    "starter model": (("starter",), True),
    "COCO128 end to end": (("coco",), (data / "data").is_dir()),
    "Inference server": (("inference_server",), (data / "inference-server").is_dir()),
    "Ray": (("test_ray",), True),
    "PostgreSQL": (
        ("test_postgres",),
        bool(shutil.which("initdb") or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
    ),
    "browser": (("browser",), bool(shutil.which("chromium") or shutil.which("google-chrome"))),
}

cases = list(ET.parse(report).getroot().iter("testcase"))  # noqa: S314 - pytest wrote it a moment ago
missing = []
claimed: set[ET.Element] = set()
for suite, (parts, possible) in SUITES.items():
    own = [case for case in cases if any(part in f"{case.get('classname')}.{case.get('name')}" for part in parts)]
    own = [case for case in own if case not in claimed]
    claimed |= set(own) if suite == "nginx" else set()
    skipped = [case for case in own if case.find("skipped") is not None]
    ran = len(own) - len(skipped)
    print(f"{suite}: {ran} ran, {len(skipped)} skipped")
    for case in skipped:
        print(f"  skipped: {case.get('classname')}.{case.get('name')}: {case.find('skipped').get('message')}")
    if possible and (skipped or not ran):
        missing.append(suite)
if missing:
    sys.exit(f"These could have run and did not, or not in full: {', '.join(missing)}")
