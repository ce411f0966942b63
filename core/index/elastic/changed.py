"""What somebody has done on the server to an index or its alias, in words, and the request that mends it.

None of them asks to give up an index that holds the user's pictures.
"""

import json
from collections.abc import Mapping
from typing import Any

from core.errors import IndexUnavailable
from core.index.elastic.mapping import Body, stamp_of


def on_several(name: str, found: Mapping[str, Body]) -> IndexUnavailable:
    """The alias stands for several indices."""
    written = [one for one in found if found[one]["aliases"].get(name, {}).get("is_write_index")]
    own = [one for one in found if stamp_of(found[one].get("mappings", {}))]
    kept = min(written or own or found)
    return IndexUnavailable(
        f"The alias {name} in Elasticsearch points to several indices, but must point to one: "
        f"{', '.join(sorted(found))}.",
        f"Remove it from all but the one with the pictures, most likely {kept}: "
        + _aliases(*({"remove": {"index": one, "alias": name}} for one in sorted(found) if one != kept)),
    )


def several_lost(name: str, counts: Mapping[str, int]) -> IndexUnavailable:
    """The alias is gone, and nobody can tell which index it stood for."""
    listed = ", ".join(f"{concrete} ({count:,})" for concrete, count in sorted(counts.items()) if count)
    most = max(counts, key=lambda concrete: counts[concrete])
    return IndexUnavailable(
        f"The alias {name} is missing in Elasticsearch, and several indices hold pictures: {listed}.",
        f"Add it to the one to use, such as the one with most pictures: {_aliases(_add(name, most))}",
    )


def without_alias(name: str) -> IndexUnavailable:
    """An index of ours has the name that is the alias's."""
    return IndexUnavailable(
        f"{name} in Elasticsearch is an index with pictures of this app, but only an alias may have this name.",
        f"Copy it to {name}-000001 and put the alias in its place: "
        f'PUT /{name}/_settings {{"index.blocks.write": true}}, '
        f'then POST /{name}/_clone/{name}-000001 {{"settings": {{"index.blocks.write": null}}}}, '
        f"then {_aliases({'remove_index': {'index': name}}, _add(name, f'{name}-000001'))}",
    )


def unstamped(name: str, concrete: str, mapping: Body) -> IndexUnavailable:
    """The index is ours, but its mapping has lost the stamp."""
    meta = {"model_id": "…", "dims": mapping["properties"]["embedding"].get("dims"), "preprocessing": 1}
    return IndexUnavailable(
        f"The index {name} in Elasticsearch no longer says which model its pictures were indexed with.",
        "Add that again, with the id of the model: "
        f"PUT /{concrete}/_mapping {json.dumps({'_meta': meta}, ensure_ascii=False)}",
    )


def renamed(name: str, concrete: str) -> IndexUnavailable:
    """The index is ours, but stands under another alias."""
    return IndexUnavailable(
        f"The index {concrete} in Elasticsearch holds pictures of this app, but no longer has the alias {name}.",
        f"Give it this alias: {_aliases(_add(name, concrete))}. Or set IMAGE_SEARCH_INDEX to the alias that it has.",
    )


def displaced(name: str, concrete: str, own: str) -> IndexUnavailable:
    """Something that is not ours stands under the name, and an index of ours has lost it."""
    what = f"The index {concrete}, which was not made by this app, has the name {name} in Elasticsearch now."
    told = f"{what} The pictures are still in {own}."
    if concrete != name:
        taken = {"remove": {"index": concrete, "alias": name}}
        return IndexUnavailable(told, f"Give them their name back: {_aliases(taken, _add(name, own))}")
    return IndexUnavailable(
        told,
        f"Give it another name, and the pictures theirs back: "
        f'PUT /{name}/_settings {{"index.blocks.write": true}}, '
        f'then POST /{name}/_clone/{name}-moved {{"settings": {{"index.blocks.write": null}}}}, '
        f"then {_aliases({'remove_index': {'index': name}}, _add(name, own))}",
    )


def foreign(name: str) -> IndexUnavailable:
    return IndexUnavailable(
        f"An index named {name} exists in Elasticsearch already, and it was not made by this app.",
        "Choose another IMAGE_SEARCH_INDEX.",
    )


def _add(name: str, concrete: str) -> dict[str, Any]:
    return {"add": {"index": concrete, "alias": name, "is_write_index": True}}


def _aliases(*actions: dict[str, Any]) -> str:
    return f"POST /_aliases {json.dumps({'actions': actions})}"
