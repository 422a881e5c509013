#!/bin/sh
# fill-volume.sh FROM TO: copies the folders that TO lacks. Each is there whole or not at all, whatever ended an earlier copy.
set -eu
cd "$1"
rm -rf "$2/.new"
for base in *; do
  [ ! -d "$2/$base" ] || continue
  cp -a "$base" "$2/.new"
  mv -T "$2/.new" "$2/$base"
done
