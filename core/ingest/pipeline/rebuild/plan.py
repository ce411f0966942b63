"""Which pictures have to be read for a version of the index."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from core.index.index import Index
from core.index.records import ImageRecord
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import JobState, Plan, Planned, PlannedFile
from core.ingest.pipeline.rebuild.parts import Models, is_of, wanted_model
from core.ingest.pipeline.rebuild.stamps import stamp_of_version


def plan_rebuild(job: JobState, index: Index, files: JobFiles, models: Models) -> Iterator[Plan]:
    """Write every picture into the journal that is to be read for it: none where the embeddings are there."""
    target, current = job.rebuild.version, index.model()
    if target is None and is_of(current, wanted_model(job, models), models):
        yield Plan(changed=index.count())
        return
    version = None if target is None or job.rebuild.is_own else index.versions.open(target)
    if version is not None and stamp_of_version(index, target) == current:
        yield Plan()
        return
    plan, numbers = Plan(), count(1)
    for records in index.records():
        if version is not None:
            there = version.by_content([record.content_hash for record in records])
            records = [record for record in records if record.content_hash not in there]
        files.add([_planned(next(numbers), record) for record in records])
        size = sum(record.size for record in records)
        plan = replace(plan, changed=plan.changed + len(records), size=plan.size + size)
        yield plan
    yield plan


def _planned(number: int, record: ImageRecord) -> PlannedFile:
    size, mtime_ns = record.size, record.mtime_ns
    return PlannedFile(number, 0, record.path, size, mtime_ns, Planned.CHANGED, record.content_hash)
