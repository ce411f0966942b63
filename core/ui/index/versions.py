"""The versions of the index, and what can be done with them."""

from collections.abc import Callable

import streamlit as st

from core.embedding.offers.offer import Offer, cost, speed
from core.errors import ImageSearchError
from core.index.versions import State, Version
from core.models import MODELS
from core.text.words import ago, counted, file_size, pictures
from core.ui.index import actions
from core.ui.notices import plain, show_error
from core.ui.server import services
from core.versions.compare import Comparison

_STATES: dict[State, tuple[str, str]] = {
    "current": ("In use", "green"),
    "building": ("Being built", "orange"),
    "ready": ("Ready", "blue"),
    "retired": ("Retired", "gray"),
}
_COMPARED = "compared-versions"


def listing() -> None:
    """Every version in a card, and above them what makes another."""
    st.subheader("Versions", anchor=False)
    st.caption(
        "Another model or a rebuild makes the next version beside the one in use. Searches go on meanwhile, and go "
        "back in one step."
    )
    versions = services().versions.all()
    with st.container(horizontal=True, key="index-actions"):
        if st.button("Build with another model", icon=":material/add_circle:", disabled=not versions):
            _build()
        with st.popover("Rebuild", icon=":material/construction:", disabled=not versions):
            st.markdown("Build the next version with the same model, and use it when it is ready?")
            _button("Rebuild the index", "construction", actions.build, "rebuild", "", True)
        with st.popover("Optimize", icon=":material/bolt:", disabled=not versions):
            st.markdown("Merge what many small additions have left behind? Searches get faster, and go on meanwhile.")
            _button("Optimize the index", "bolt", actions.optimize, "optimize")
        if any(one.state == "retired" for one in versions):
            with st.popover("Roll back", icon=":material/undo:"):
                st.markdown("Use the version before again? What was added since is added to it first.")
                _button("Roll back", "undo", actions.roll_back, "roll-back")
    for version in reversed(versions):
        _show(version)
    if not versions:
        st.caption("No versions yet: nothing is indexed.")
    _show_comparison()


def _show(version: Version) -> None:
    word, colour = _STATES[version.state]
    known = MODELS.get(version.stamp.model_id)
    told = [
        known.title if known else version.stamp.model_id,
        f"{version.stamp.dims:,} dimensions",
        pictures(version.count),
        file_size(version.size),
        *([f"made {ago(version.made_at)}"] if version.made_at else []),
        *([f"in use until {ago(version.retired_at)}"] if version.retired_at else []),
    ]
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**Version {version.number}** :{colour}-badge[{word}]")
            st.caption(plain(" · ".join(told)))
        if version.state in ("ready", "retired"):
            _button("Compare", "compare_arrows", _compare, f"compare-{version.number}", version.number, primary=False)
            with st.popover("Use", icon=":material/swap_horiz:"):
                st.markdown(f"Use version {version.number}? What was added since is added to it first.")
                _button(
                    f"Use version {version.number}",
                    "swap_horiz",
                    actions.swap,
                    f"swap-{version.number}",
                    version.number,
                )
        if version.state != "current":
            with st.popover("Delete", icon=":material/delete:"):
                st.markdown(f"Delete version {version.number}? It cannot be brought back. The pictures stay.")
                _button(
                    f"Delete version {version.number}",
                    "delete",
                    actions.delete,
                    f"delete-{version.number}",
                    version.number,
                )


def _button(label: str, icon: str, action: Callable[..., None], key: str, *args: object, primary: bool = True) -> None:
    st.button(
        label,
        icon=f":material/{icon}:",
        type="primary" if primary else "secondary",
        key=f"index-{key}",
        on_click=action,
        args=args,
    )


@st.dialog("Build with another model", width="medium")
def _build() -> None:
    """The models there are, what each costs, and whether it can be had."""
    with st.spinner("Looking which models can be had…"):
        offers = {offer.model.id: offer for offer in services().models()}
    chosen = st.selectbox("Model", list(offers), index=_first(offers), format_func=lambda id_: _named(offers[id_]))
    offer = offers[chosen]
    model = offer.model
    st.markdown(
        f"* **{model.dims:,}** dimensions; looks at {model.side} × {model.side} pixels, reads {model.tokens} tokens\n"
        f"* **{file_size(model.size)}** of weights\n"
        f"* A picture costs **{cost(model)}**" + (f", {speed(offer)}" if speed(offer) else "")
    )
    words = plain(f"{offer.title}. {offer.message} {offer.remedy}".strip())
    if offer.status == "unavailable":
        st.warning(words, icon=":material/cloud_off:")
    else:
        st.caption(words)
    swaps = st.toggle("Use it as soon as it is ready", value=True, help="Otherwise compare it first, then use it.")
    if offer.in_use:
        st.caption("This is the model in use: the index is built anew with it.")
    if st.button(
        "Build", icon=":material/add_circle:", type="primary", disabled=offer.status == "unavailable", key="index-build"
    ):
        actions.build(chosen, swaps)
        st.rerun()


def _first(offers: dict[str, Offer]) -> int:
    """The one that the settings ask for."""
    return next((at for at, offer in enumerate(offers.values()) if offer.wanted), 0)


def _named(offer: Offer) -> str:
    in_use = ", in use" if offer.in_use else ""
    where = f"{offer.title[:1].lower()}{offer.title[1:]}"
    return f"{offer.model.title} ({offer.model.dims:,} dimensions, {where}{in_use})"


def _compare(number: int) -> None:
    """Runs before the page does, which shows what came of it."""
    try:
        st.session_state[_COMPARED] = actions.compare(number)
    except ImageSearchError as error:
        st.session_state[_COMPARED] = error


def _show_comparison() -> None:
    found = st.session_state.get(_COMPARED)
    if isinstance(found, ImageSearchError):
        show_error(found)
    elif isinstance(found, Comparison):
        _table(found)


def _table(found: Comparison) -> None:
    current, other = found.current, found.other
    rows = [
        ("Model", current.model_id, other.model_id),
        ("Pictures", f"{current.count:,}", f"{other.count:,}"),
        ("Median", f"{current.p50_ms:g} ms", f"{other.p50_ms:g} ms"),
        ("95 % within", f"{current.p95_ms:g} ms", f"{other.p95_ms:g} ms"),
    ]
    lines = [f"| | Version {current.version} | Version {other.version} |", "| --- | --- | --- |"]
    lines += [f"| **{name}** | {plain(one)} | {plain(two)} |" for name, one, two in rows]
    queries = f"{counted(found.texts, 'text')} and {pictures(found.pictures)}"
    st.markdown(f"**{found.overlap:.0%} of the first ten results are the same**, over {queries}.")
    st.markdown("\n".join(lines))
    if found.most_different:
        worst = ", ".join(f"{plain(one.query)} ({one.overlap:.0%})" for one in found.most_different)
        st.caption(f"Most different: {worst}.")
