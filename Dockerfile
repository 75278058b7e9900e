# Two images from one file: `service`, which runs one approach, and `bench`, which prepares data and measures.
# Build arguments come from .env, which docker compose reads.
ARG NODE_IMAGE
ARG K6_IMAGE

FROM ${K6_IMAGE} AS k6

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /lab
COPY package.json package-lock.json ./

FROM dependencies AS service-dependencies
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM dependencies AS bench-dependencies
# The image has its Node.js, and PostgreSQL is a container of its own: no install script is needed.
RUN npm ci --omit=optional --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE} AS service
ENV NODE_ENV=production
WORKDIR /lab
COPY package.json ./
COPY --from=service-dependencies /lab/node_modules node_modules
COPY services services
USER node
ENTRYPOINT ["node", "services/main.ts"]

FROM ${NODE_IMAGE} AS bench
WORKDIR /lab
COPY --from=k6 /usr/bin/k6 /usr/local/bin/k6
COPY --from=bench-dependencies /lab/node_modules node_modules
COPY package.json package-lock.json ./
COPY services services
COPY k6 k6
COPY lab lab
COPY scripts scripts
ENTRYPOINT ["node"]
