#!/usr/bin/env bash
# What docker-compose.cluster.yml runs once, before Elasticsearch: an authority, and a certificate for each node. Its key
# stays in a volume that nothing else has. What is there already is left as it is; to have new ones made, remove the volumes.
set -euo pipefail
umask 027
nodes=(es01 es02 es03)

if [ ! -f /authority/ca.key ]; then
  bin/elasticsearch-certutil ca --silent --pem --days 3650 --out /tmp/authority.zip
  unzip -q -j /tmp/authority.zip -d /tmp/authority
  cp /tmp/authority/ca.crt /authority/ca.crt
  cp /tmp/authority/ca.key /authority/ca.key
fi

if [ ! -f /certificates/es03/es03.key ]; then
  {
    echo "instances:"
    for node in "${nodes[@]}"; do
      printf '  - name: %s\n    dns: [%s, localhost]\n    ip: [127.0.0.1]\n' "$node" "$node"
    done
  } >/tmp/instances.yml
  bin/elasticsearch-certutil cert --silent --pem --days 1095 --in /tmp/instances.yml \
    --ca-cert /authority/ca.crt --ca-key /authority/ca.key --out /tmp/certificates.zip
  unzip -q -o /tmp/certificates.zip -d /certificates
fi

# The nodes are of the group 0. Everybody may read by whom they are vouched for.
cp /authority/ca.crt /certificates/ca.crt
cp /authority/ca.crt /trust/ca.crt
chmod -R u=rwX,g=rX,o= /certificates
chmod 755 /trust
chmod 644 /trust/ca.crt

chown 65532:65532 /owned/objects
chown 10002:10002 /owned/weights
