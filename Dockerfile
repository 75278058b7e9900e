# Two images from one file: `service`, which runs one approach, and `bench`, which prepares data and measures.
# docker-compose.yml says from which images, and .env which those are.
ARG NODE_IMAGE
ARG K6_IMAGE

FROM ${K6_IMAGE} AS k6

FROM ${NODE_IMAGE} AS node
WORKDIR /lab
# RocksDB's binary wants it.
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends libatomic1 && \
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*
# A new volume takes its owner from here.
RUN mkdir /data && chown node:node /data

FROM node AS lab
COPY package.json package-lock.json ./

FROM lab AS service-dependencies
# RocksDB comes for every system in one package, 160 MB; 22 of them are for Linux.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && \
  find node_modules/rocksdb-native/prebuilds -type f ! -path '*/linux-*/*.node' -delete

FROM lab AS bench-dependencies
# The image has its Node.js, and PostgreSQL is a container of its own: no install script is needed, and nothing that
# comes for one platform only. What services need comes from theirs.
RUN npm ci --include=dev --omit=optional --ignore-scripts --no-audit --no-fund && rm -r node_modules/rocksdb-native

FROM lab AS service
ENV NODE_ENV=production
COPY --from=service-dependencies /lab/node_modules node_modules
COPY services services
USER node
EXPOSE 8081
# An experiment lets services have other settings for a while.
ENTRYPOINT ["node", "--env-file-if-exists=/data/current/settings.env", "services/main.ts"]

FROM node AS bench
# wrk makes load, strace counts what a service asks of the system.
RUN apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends strace wrk && \
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*
COPY package.json package-lock.json ./
COPY --from=k6 /usr/bin/k6 /usr/local/bin/k6
COPY --from=bench-dependencies /lab/node_modules node_modules
# What services need for this platform, which the bench needs to prepare their data.
COPY --from=service-dependencies /lab/node_modules node_modules
COPY services services
COPY k6 k6
COPY lab lab
COPY scripts scripts
ENTRYPOINT ["node"]
