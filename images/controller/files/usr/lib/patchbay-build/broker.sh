# Starts the broker once, so that a lab finds its database made. The definitions with the lab's password come later.
set -eu

# Erlang looks for each of a thousand modules in every library's folder: without the plugins and the libraries that
# nothing here uses, the broker starts in half the time.
cd /usr/lib/rabbitmq/lib/*/plugins
for library in *; do
  case $library in
    rabbit-* | rabbit_common-* | rabbitmq_prelaunch-* | ranch-* | ra-* | aten-* | gen_batch_server-* | osiris-* | seshat-* | recon-* | \
    sysmon_handler-* | syslog-* | stdout_formatter-* | cuttlefish-* | getopt-* | credentials_obfuscation-* | jsx-* | observer_cli-* | \
    systemd-* | enough-* | amqp10_common-*) ;;
    *) rm -r "$library" ;;
  esac
done
cd /usr/lib/erlang/lib
rm -r eldap-* ftp-* snmp-* tftp-* parsetools-*

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
