"""Which engine keeps the index."""

from typing import cast

from core.config import Settings
from core.index.index import Index


def open_index(settings: Settings) -> Index:
    """The index on the engine that the settings ask for; connects to nothing yet."""
    if settings.uses_elasticsearch:
        from core.index.elastic.engine import ElasticIndex
        from core.index.elastic.mapping import Quantisation, Storage

        return ElasticIndex(
            settings.elasticsearch_url,
            settings.index_name,
            api_key=settings.elasticsearch_api_key,
            cloud_id=settings.elasticsearch_cloud_id,
            ca_certs=settings.elasticsearch_ca_certs,
            storage=Storage(
                settings.elasticsearch_shards,
                settings.elasticsearch_replicas,
                cast(Quantisation, settings.elasticsearch_quantisation),
            ),
        )
    from core.index.lance.engine import LanceIndex

    return LanceIndex(settings.data_dir / "index", settings.index_name)
