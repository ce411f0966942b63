"""All benchmarks in turn, each in a process of its own:  python -m benchmarks

Each measures one promise of docs/promises.md, and can be run by itself, with options for its sizes:

python -m benchmarks.ingest     how fast pictures are indexed
python -m benchmarks.stages     what one picture takes, stage by stage
python -m benchmarks.overlap    what is gained by doing things at the same time
python -m benchmarks.unchanged  how soon it is known that nothing has changed
python -m benchmarks.memory     whether memory stays flat
python -m benchmarks.search     how fast and how right searches are
python -m benchmarks.collapse   which copies are shown as one with their original, and which others
python -m benchmarks.strength   whether it is told what matches and what does not
python -m benchmarks.ranking    whether what is done to a query makes its results better
python -m benchmarks.quality    which flags of quality are right, and which CleanVision gives as well
python -m benchmarks.duplicates which copies are found, beside imagehash, and which others are taken for some
python -m benchmarks.suspicious how many wrong labels are among the first that are shown
python -m benchmarks.classes    how good the line of a class of words is, beside the best one
python -m benchmarks.picks      how well so many pictures cover all, beside those drawn by chance
python -m benchmarks.ask      what an answer costs that a model gives to pictures
python -m benchmarks.peers      how fast the command line is beside rclip's
python -m benchmarks.cold       how soon the page is there after the start of the server
python -m benchmarks.page       how soon the page is there, and a search answered on it
python -m benchmarks.map_page   how soon the map is there, and how smoothly it moves

Some are not among them; the first takes half an hour, others need a server, nodes of their own, or Ray:

python -m benchmarks.scale      how an index takes a long load, and how it answers when it is large
python -m benchmarks.growth     what both engines cost at ten thousand, a hundred thousand and a million records
python -m benchmarks.versions   whether another version comes into use without anybody noticing
python -m benchmarks.served     what embedding on an Inference server takes, beside embedding here
python -m benchmarks.on_ray     how fast pictures are indexed on Ray, beside one process
python -m benchmarks.listing    what planning a listing of millions takes, killed in the middle
python -m benchmarks.moving     what exports and imports take, in time and memory
python -m benchmarks.cluster    what becomes of an ingest and of searches when one of three nodes is lost
python -m benchmarks.users      what 50 users see while a process of two is killed, and PostgreSQL restarted
python -m benchmarks.quantisation  what Elasticsearch keeps of vectors, and how many of the nearest it finds then
"""

import argparse
import subprocess
import sys

NAMES = (
    "ingest",
    "stages",
    "overlap",
    "unchanged",
    "memory",
    "search",
    "collapse",
    "strength",
    "ranking",
    "duplicates",
    "suspicious",
    "classes",
    "quality",
    "ask",
    "picks",
    "peers",
    "cold",
    "page",
    "map_page",
)


def main() -> int:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    failed = []
    for name in NAMES:
        print(f"\n## {name.capitalize()}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]).returncode:
            failed.append(name)
    if failed:
        print(f"\nThese ended with an error: {', '.join(failed)}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
