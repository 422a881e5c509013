#!/bin/sh
# Starts the server, and again whenever it was killed, unless /hold is there.
if [ ! -d /data/mysql ]; then
  cp -a /opt/empty/. /data && chown mysql:mysql /data
fi
while true; do
  while [ -e /hold ]; do sleep 0.1; done
  mariadbd
  sleep 0.1
done
