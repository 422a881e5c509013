# The appliance in a container, beside the labs it starts on the engine whose socket it is given. README.md has the two commands.
# Debian is what the nodes' images start from too: './patchbay up' makes it where no registry has it.
ARG DEBIAN=debian:bookworm-slim

FROM ${DEBIAN} AS build
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends npm
COPY . /patchbay
WORKDIR /patchbay
# build/extra-ca.pem: the certificates that npm has to trust besides its own, where a proxy needs that.
RUN NODE_EXTRA_CA_CERTS=/patchbay/build/extra-ca.pem NPM_CONFIG_OMIT=dev ./patchbay labs \
 && NODE_ENV=production node_modules/node/bin/node --input-type=module -e \
 "await (await import('/patchbay/server/appliance/set-up/web-pages.ts')).ensureWebPages(console.log)" \
 && rm -f build/extra-ca.pem

FROM ${DEBIAN}
COPY --from=build /patchbay /patchbay
ENV PATCHBAY_STATE=/var/lib/patchbay PATCHBAY_URL=http://127.0.0.1:8642
VOLUME /var/lib/patchbay
EXPOSE 8642
ENTRYPOINT ["/patchbay/patchbay"]
CMD ["up", "--yes", "--host", "0.0.0.0"]
