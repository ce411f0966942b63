"""The engine for corpora beyond one machine: Elasticsearch."""
