#!/bin/sh
# build-rootfs.sh OUT: assembles the file system of an instance from this machine's packages, writes OUT/cirros.tar.
# Busybox gives most commands; what it lacks or does differently is copied with its libraries. The shell is bash: busybox's own
# prefers its applets to the programs on the PATH.
set -eu
out=$1
here=$(dirname "$0")
root=$(mktemp -d)
programs='/usr/sbin/dropbear /usr/bin/dropbearkey /usr/bin/dbclient /usr/bin/curl /usr/bin/iperf3 /usr/bin/tcpdump
  /usr/bin/ping /usr/sbin/ip /usr/sbin/dhcp6c /usr/bin/rdisc6 /usr/bin/sudo /usr/bin/setpriv /usr/bin/bash'
modules='/usr/libexec/sudo/sudoers.so /usr/lib/*-linux-gnu/security/pam_permit.so /usr/lib/*-linux-gnu/libnss_files.so.2'

mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" "$root/proc" "$root/sys" "$root/dev" "$root/run" \
  "$root/tmp" "$root/root" "$root/mnt" "$root/var/log" "$root/var/lib/misc" "$root/var/lib/dhcpv6" "$root/etc/dropbear" "$root/var/www" "$root/var/db"
for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
ln -s /run "$root/var/run"

# Every library a program names, at the path it is found at here.
copy_with_libraries() {
  for file; do
    [ -e "$file" ] || continue
    mkdir -p "$root$(dirname "$file")"
    cp -pL "$file" "$root$file"
    ldd "$file" 2>/dev/null | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1/p' | while read -r library; do
      [ -e "$root$library" ] || { mkdir -p "$root$(dirname "$library")"; cp -pL "$library" "$root$library"; }
    done
  done
}
# shellcheck disable=SC2086 # lists of paths
copy_with_libraries $programs $modules
chmod 4755 "$root/usr/bin/sudo"
chmod u+s "$root/usr/bin/ping"
ln -s bash "$root/usr/bin/sh"
ln -s dbclient "$root/usr/bin/ssh"
ln -s ping "$root/usr/bin/ping6"
ln -s ../bin/busybox "$root/usr/sbin/init"

cp "$(command -v busybox)" "$root/usr/bin/busybox"
"$root/usr/bin/busybox" --list-full | while read -r applet; do
  name=${applet##*/}
  [ -e "$root/usr/bin/$name" ] || [ -e "$root/usr/sbin/$name" ] || ln -s /usr/bin/busybox "$root/usr/bin/$name"
done

# Through the link of an applet a copy would end in busybox itself.
for name in blkid mount umount; do rm -f "$root/usr/bin/$name" "$root/usr/sbin/$name"; done
cp -R "$here/files/." "$root/"
chmod 755 "$root/etc/init.d/rcS" "$root/usr/sbin/cirros-dhcpc" "$root/usr/sbin/reboot" "$root/usr/bin/blkid" "$root/usr/bin/mount" "$root/usr/bin/umount" \
  "$root"/usr/lib/guest/*
chmod 440 "$root/etc/sudoers"
chmod 640 "$root/etc/shadow"
chmod 755 "$root"
chmod 1777 "$root/tmp"
chmod 700 "$root/root"
chown -R 1000:1000 "$root/home/cirros"

mkdir -p "$out"
tar -C "$root" --sort=name --mtime=@1430000000 --numeric-owner -cf "$out/cirros.tar" .
# The same, unpacked: what a compute node has in its cache of images under the checksum of the archive.
mkdir -p "$out-base"
mv "$root" "$out-base/$(md5sum <"$out/cirros.tar" | cut -d' ' -f1)"
