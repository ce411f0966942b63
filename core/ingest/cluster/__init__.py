"""An ingest on several machines: Ray carries the stages of the pipeline to them."""
