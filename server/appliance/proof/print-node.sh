# What a check may not change on a node, one thing a line. Counters, ages, what a switch learns by itself and captures that a
# solution left running are left out.
inside() {
  if [ -n "$ns" ]; then ip netns exec "$ns" "$@"; else "$@"; fi
}
for ns in '' $(ip netns list | cut -d' ' -f1 | sort); do
  echo "namespace $ns"
  inside iptables-save 2>/dev/null | sed -n 's/ *\[[0-9]*:[0-9]*\]//; s/^[-*:]/&/p' | sed "s|^|rule ${ns:-host} |"
  inside ip -o address show 2>/dev/null | awk -v ns="${ns:-host}" '{ print "address", ns, $2, $4 }'
done
for bridge in $(ovs-vsctl --timeout=3 list-br 2>/dev/null); do
  ovs-vsctl --timeout=3 list-ports "$bridge" | sed "s|^|port $bridge |"
  ovs-ofctl --no-stats --timeout=3 dump-flows "$bridge" | sed -n '/_timeout=/d; s/ *cookie=[^,]*, *//; /actions=/p' | sort | sed "s|^|flow $bridge |"
done
find /root /tmp /etc/neutron /etc/nova -xdev -type f ! -name '*.pcap' -printf 'file %p, %s bytes, written %T@\n' 2>/dev/null | sort
