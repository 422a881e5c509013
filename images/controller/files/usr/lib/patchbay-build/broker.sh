# Starts the broker once, so that a lab finds its database made. The definitions with the lab's password come later.
set -eu
conf=/etc/rabbitmq/rabbitmq.conf
chown -R rabbitmq:rabbitmq /etc/rabbitmq /var/lib/rabbitmq /var/log/rabbitmq
cp "$conf" /tmp/rabbitmq.conf
sed -i '/^load_definitions/d' "$conf"
cd /var/lib/rabbitmq
chpst -u rabbitmq env HOME=/var/lib/rabbitmq /usr/lib/rabbitmq/bin/rabbitmq-server >/tmp/broker.log 2>&1 &
broker=$!
# It cannot be asked before it has registered; a broker that has ended ends this too.
until rabbitmqctl --quiet --timeout 30 await_startup 2>/dev/null; do
  kill -0 "$broker" || { cat /tmp/broker.log; exit 1; }
  sleep 0.5
done
rabbitmqctl --quiet delete_user guest
rabbitmqctl --quiet shutdown
wait
epmd -kill >/dev/null 2>&1 || true
cp /tmp/rabbitmq.conf "$conf"
rm -f /tmp/rabbitmq.conf /tmp/broker.log /var/log/rabbitmq/*
