# Says this node's name on each of its NICs and tells whom it hears there, for as many seconds as its argument says.
# The frames have the type that is meant for experiments.
import socket, struct, sys, time, select
name, end = socket.gethostname().encode(), time.time() + float(sys.argv[1])
nics = {}
for line in open('/etc/patchbay/wires'):
    nic, wire = line.split()[:2]
    try:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        s.bind((nic, 0)); s.setblocking(False)
        nics[s] = (nic, wire.encode(), set(), s.getsockname()[4])
    except OSError as e: print('mute', nic, e.strerror)
said, mute = 0, set()
while time.time() < end:
    if time.time() - said > 0.05:
        said = time.time()
        for s, (nic, wire, _, mac) in nics.items():
            try: s.send((b'\xff' * 6 + mac + b'\x88\xb5' + b'patchbay ' + wire + b' ' + name + b' ').ljust(60, b'.'))
            except OSError as e: mute.add((nic, e.strerror))
    for s in select.select(list(nics), [], [], 0.02)[0]:
        nic, wire, heard, _ = nics[s]
        try:
            while time.time() < end:
                data, where = s.recvfrom(2048)
                word = data[14:].split(b' ')
                if where[2] != 4 and data[12:14] == b'\x88\xb5' and len(word) > 2 and word[1] == wire: heard.add(word[2])
        except OSError: pass
for nic, why in mute: print('mute', nic, why)
for nic, _, heard, _ in nics.values():
    for other in heard: print('heard', nic, other.decode())
