"""What became of the files of a job: a table that can be narrowed, and taken away."""

from collections.abc import Collection

import streamlit as st

from core.errors import Problem
from core.ingest.jobs.words import PROBLEMS, outcome_word
from core.ingest.journal.files import JobFiles
from core.ingest.journal.job import JobState
from core.ingest.journal.progress import Outcome
from core.text.csv_file import as_csv
from core.text.names import utf8_safe
from core.text.words import counted
from core.ui.server import services

_MAX_ROWS = 1000  # more are for the download


def verdict_table(job: JobState, key: str) -> None:
    """Every file with its verdict; those that failed first to be seen, where some did.

    Args:
        key: Tells this table from others on the page.
    """
    counts = {outcome: getattr(job.counts, outcome) for outcome in Outcome if getattr(job.counts, outcome)}
    if not counts:
        return
    chosen = st.pills(
        "Show",
        list(counts),
        selection_mode="multi",
        default=[Outcome.FAILED] if Outcome.FAILED in counts else [],
        format_func=lambda outcome: f"{outcome_word(job, outcome)} {counts[outcome]:,}",
        key=f"verdicts-{key}",
        label_visibility="collapsed",
    )
    problems = _problems(job, chosen, key)
    files = services().library.journal.files(job.id)  # here: what downloads knows of no page
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Filter by path or reason",
            key=f"verdict-text-{key}",
            placeholder="Filter by path or reason",
            icon=":material/filter_alt:",
            label_visibility="collapsed",
            width="stretch",
        )
        st.download_button(
            "Download CSV",
            data=lambda: _csv(files, chosen, problems, text),
            file_name=f"job-{job.id}.csv",
            mime="text/csv",
            icon=":material/download:",
            help="All matching rows, not only those shown",
            on_click="ignore",
            key=f"csv-{key}",
        )
    rows = list(files.verdicts(chosen, text, _MAX_ROWS + 1, problems))
    st.dataframe(
        {
            "Verdict": [outcome_word(job, verdict.outcome) for verdict in rows[:_MAX_ROWS]],
            "Problem": [PROBLEMS[verdict.problem] if verdict.problem else "" for verdict in rows[:_MAX_ROWS]],
            "File": [utf8_safe(verdict.path) for verdict in rows[:_MAX_ROWS]],
            "Reason and remedy": [utf8_safe(verdict.reason) for verdict in rows[:_MAX_ROWS]],
        },
        hide_index=True,
        height=min(420, 38 + 35 * max(1, len(rows))),
        column_config=dict.fromkeys(("Verdict", "Problem"), st.column_config.TextColumn(width="small")),
        alt="Files of the job, each with its verdict and reason",
    )
    if len(rows) > _MAX_ROWS:
        st.caption(f"Showing the first {_MAX_ROWS:,}. The CSV has all of them.")
    elif text:
        st.caption(counted(len(rows), "file"))


def _problems(job: JobState, outcomes: Collection[Outcome], key: str) -> Collection[Problem]:
    """Those that are chosen of the situations in which files with these verdicts are; each with its number."""
    counts = services().library.journal.files(job.id).problems(outcomes)
    if not counts:
        return ()
    name = f"problems-{key}"
    if name in st.session_state:  # of those that there were with other verdicts
        st.session_state[name] = [problem for problem in st.session_state[name] if problem in counts]
    return st.pills(
        "Problem",
        list(counts),
        selection_mode="multi",
        format_func=lambda problem: f"{PROBLEMS[problem]} {counts[problem]:,}",
        key=name,
        label_visibility="collapsed",
    )


def _csv(files: JobFiles, outcomes: Collection[Outcome], problems: Collection[Problem], text: str) -> bytes:
    verdicts = files.verdicts(outcomes, text, problems=problems)
    rows = (
        (utf8_safe(one.path), one.outcome.value, one.problem.words if one.problem else "", utf8_safe(one.reason))
        for one in verdicts
    )
    return b"".join(as_csv(("path", "verdict", "problem", "reason"), rows))
