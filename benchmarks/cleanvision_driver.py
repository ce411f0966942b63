"""CleanVision over the pictures of a folder; run by the Python of its own environment (`benchmarks.quality`).

Prints JSON: for each file its scores and what it is found to be.
"""

import json
import sys
from pathlib import Path

from cleanvision import Imagelab

ISSUES = ("dark", "light", "blurry", "low_information", "odd_aspect_ratio", "grayscale", "odd_size")


def main() -> None:
    lab = Imagelab(data_path=sys.argv[1])
    lab.find_issues({issue: {} for issue in ISSUES}, n_jobs=1, verbose=False)
    found = {
        Path(path).name: {
            issue: [bool(row[f"is_{issue}_issue"]), round(float(row[f"{issue}_score"]), 6)] for issue in ISSUES
        }
        for path, row in lab.issues.iterrows()
    }
    Path(sys.argv[2]).write_text(json.dumps(found))


if __name__ == "__main__":
    main()
