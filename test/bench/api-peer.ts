// What the real Neutron took on the machine where ours is developed: version 21 "Zed" of Debian 12 with MariaDB and RabbitMQ, two
// API workers, two cores, nothing else running; an administrator without Identity, so no token was checked and policy asked little
// (facts/peer-neutron.md, "Repeated on a quiet machine", and section 3 for what was not repeated).

/** By figure, in words. */
export const peerNeutron = {
  'network create': '63 ms',
  'subnet create': '88 ms',
  'port create, one client': '146 ms',
  'port create, 8 clients': '7.9 /s',
  'port show': '11 ms',
  'port update (name)': '85 ms',
  'list 1,000 ports': '242 ms',
  'list 5,000 ports': '1435 ms',
  'page of 100 out of 5,000': '31 ms',
  'port create with 50,000 ports present': 'not measured',
  'the same, compared with an empty cloud': 'not measured',
  'port delete': '119 ms',
  'memory idle': '226 MiB',
  'memory afterwards': '484 MiB',
  'net-list': '900 ms (openstack network list)',
} as const;
