#!/usr/bin/env bash
# What docker-compose.cluster.yml runs once Elasticsearch is up: the account of the app, whose password is set anew.
set -euo pipefail

put() { # PATH BODY
  curl -fsS --retry 5 --retry-connrefused --cacert /trust/ca.crt -u "elastic:$ELASTIC_PASSWORD" -o /dev/null \
    -X PUT "https://es01:9200/_security/$1" -H "Content-Type: application/json" -d "$2"
}

# Indices of any name, as collections have them; those of Elasticsearch itself are not among them.
put role/image_search '{"cluster": ["monitor"], "indices": [{"names": ["*"], "privileges": ["all"]}]}'
put user/image_search "{\"password\": \"$ELASTIC_APP_PASSWORD\", \"roles\": [\"image_search\"]}"
