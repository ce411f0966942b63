"""What is asked of an Elasticsearch index, and what the answers come to."""
