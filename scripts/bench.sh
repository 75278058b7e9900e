# make bench: in containers where a Docker engine and Compose v2 answer, as processes elsewhere. MODE decides
# otherwise. Needs no Node.js itself.
set -eu

say() { printf '%s\n' "$1" >&2; }

# Says what is missing for containers; nothing when all is there.
find_lack() {
  if [ -n "${APPROACHES_PATH:-}" ]; then echo "APPROACHES_PATH names a file of yours, which no container has"
  elif ! command -v docker >/dev/null; then echo "there is no docker command"
  elif ! docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then echo "no Docker engine answers"
  elif ! docker compose config --quiet >/dev/null 2>&1; then echo "there is no Docker Compose 2.20.2 or newer"
  else
    case ${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)} in
      tcp:* | ssh:* | http*) echo "the Docker engine is that of another machine" ;;
    esac
  fi
}

# The socket as the engine itself sees it, if it is not where .env says.
find_socket() {
  if docker info --format '{{.SecurityOptions}}' | grep -q rootless; then
    docker context inspect --format '{{.Endpoints.docker.Host}}' | sed -n 's|^unix://||p'
  fi
}

measure_natively() {
  say "bench: services as processes, because $1"
  exec "${MAKE:-make}" --no-print-directory bench-native
}

measure_in_containers() {
  say "bench: services as containers, because $1"
  socket=$(find_socket)
  if [ -n "$socket" ]; then export DOCKER_SOCKET="$socket"; fi
  say "building images (the first time takes minutes)"
  docker compose build --quiet prepare baseline
  # Before anything is made anew, so that nobody's services change where another bench holds the data.
  docker compose run --rm prepare
  bench=$(docker compose --progress quiet run --detach --use-aliases bench)
  # Ctrl-C ends whatever shows the bench, and not the bench: it is told to stop, and what it still says is shown.
  stopped=
  trap 'stopped=$(date +%s); docker kill --signal INT "$bench" >/dev/null 2>&1 || true' INT TERM HUP
  docker logs --follow "$bench" || true
  while [ -n "$stopped" ]; do
    since=$stopped
    stopped=
    docker logs --follow --since "$since" "$bench" || true
  done
  code=$(docker wait "$bench")
  docker rm "$bench" >/dev/null
  exit "$code"
}

case ${MODE:-auto} in
  native) measure_natively "MODE=native" ;;
  docker)
    lack=$(find_lack)
    [ -z "$lack" ] || { say "error: MODE=docker: $lack"; exit 2; }
    measure_in_containers "MODE=docker"
    ;;
  auto)
    lack=$(find_lack)
    [ -z "$lack" ] || measure_natively "$lack"
    measure_in_containers "a Docker engine and Compose v2 answer (MODE=native decides otherwise)"
    ;;
  *) say "error: MODE=$MODE is wrong; expected auto, native or docker"; exit 2 ;;
esac
