# One look at a node from inside. Everything found is a line that starts with its kind.
# Words: the program of probe-wires.py, and the seconds that the wires are listened to.
probe=$1 seconds=$2
[ ! -s /etc/patchbay/wires ] || timeout 10 python3 -c "$probe" "$seconds" 2>&1 &
sed 's/^/wire /' /etc/patchbay/wires 2>/dev/null
cd /etc/service 2>/dev/null || exit 0
services=$(ls)
for name in $services; do echo "named $name"; done
sv status $services 2>&1 | sed 's/^/status /'
grep -Ho -- '--config-file [^ ]*' */run 2>/dev/null | while IFS=: read -r run option; do
  [ -s "${option#--config-file }" ] || echo "unread ${run%/run} ${option#--config-file }"
done
ps -eo pid=,ppid=,stat=,comm= | sed 's/^/process /'
df -Pk / /tmp /run /var/log /var/lib/nova/instances 2>/dev/null | awk 'NR > 1 && !seen[$6]++ { print $4, $6 }' |
  while read -r kilobytes mount; do
    [ "$kilobytes" -lt 1024 ] || continue
    big=$(find "$mount" -xdev -type f -size +1M -printf '%k %p\n' 2>/dev/null | sort -rn | head -n 1)
    echo "full $mount $big"
  done
case " $(echo $services) " in *" ovs-vswitchd "*)
  if said=$(ovs-appctl --timeout=3 version 2>&1); then
    own=br-int
    plugin=/etc/neutron/plugins/openvswitch/ovs_neutron_plugin.ini
    ! grep -qs '^tunnel_types *= *[a-z]' "$plugin" || own="br-int br-tun"
    case " $(echo $services) " in *" neutron-openvswitch-agent "*) ;; *) own= ;; esac
    bridges=$(ovs-vsctl --timeout=3 list-br 2>&1)
    for bridge in $own $(cut -d' ' -f1 /etc/patchbay/bridges 2>/dev/null); do
      echo "$bridges" | grep -qx "$bridge" || echo "unbridged $bridge"
    done
    while read -r bridge nic; do
      echo "$bridges" | grep -qx "$bridge" || continue
      ovs-vsctl --timeout=3 list-ports "$bridge" | grep -qx "$nic" || echo "unbridged $bridge $nic"
    done 2>/dev/null </etc/patchbay/bridges
  else echo "unswitched $said"; fi ;;
esac
case $services in *agent*|*nova-compute*)
  for port in 5672 9696; do nc -z -w 2 controller $port 2>/dev/null || echo "unreached $port"; done ;;
esac
wait
echo done
