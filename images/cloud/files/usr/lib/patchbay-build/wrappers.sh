# Makes /usr/bin/<role> for every role of the bundle and fills the compile cache by loading each module once.
set -eu
export NODE_COMPILE_CACHE=/var/cache/patchbay
roles=$(node /usr/lib/patchbay/main.js 2>&1 | sed -n 's/.*Roles: //p' | tr -d ,)
for role in $roles; do
  [ "$role" != patchbay ] || continue
  heap=--max-semi-space-size=1
  malloc=
  if [ "$role" = neutron-server ]; then
    # Its lists make much that is soon thrown away: room for that, but none for what is thrown away later.
    heap='--max-semi-space-size=2 --heap-growing-percent=20'
    # What is freed goes back to the system: one heap for all threads, and large blocks apart, whatever sizes the C library has seen.
    malloc="MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072"
  fi
  cat >"/usr/bin/$role" <<EOT
#!/bin/sh
export NODE_COMPILE_CACHE=/var/cache/patchbay $malloc
exec node --no-warnings $heap --v8-pool-size=1 /usr/lib/patchbay/main.js $role "\$@"
EOT
  chmod +x "/usr/bin/$role"
done
for client in neutron keystone nova; do "$client" help >/dev/null 2>&1 || true; done
node --no-warnings -e '
  const { readdirSync } = require("node:fs");
  const chunks = readdirSync("/usr/lib/patchbay").filter((name) => name.endsWith(".js") && name !== "main.js");
  Promise.allSettled(chunks.map((name) => import(`/usr/lib/patchbay/${name}`))).then(() => process.exit(0));
'
