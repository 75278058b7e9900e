# make bench and make writers, `sh scripts/measure.sh bench`: in containers where a Docker engine and Compose v2 answer, as
# processes elsewhere. MODE decides otherwise. Needs no Node.js itself.
set -eu
# shellcheck source=scripts/engine.sh
. "${0%/*}/engine.sh"
command=$1

# The socket as the engine itself sees it, if it is not where .env says.
find_socket() {
  if docker info --format '{{.SecurityOptions}}' | grep -q rootless; then
    docker context inspect --format '{{.Endpoints.docker.Host}}' | sed -n 's|^unix://||p'
  fi
}

measure_natively() {
  say "$command: services as processes, because $1"
  exec "${MAKE:-make}" --no-print-directory "$command-native"
}

measure_in_containers() {
  say "$command: services as containers, because $1"
  socket=$(find_socket)
  if [ -n "$socket" ]; then export DOCKER_SOCKET="$socket"; fi
  say "building images (the first time takes minutes)"
  docker compose build --quiet prepare baseline
  # Before anything is made anew, so that nobody's services change where another bench holds the data.
  docker compose run --rm prepare
  # It runs only while the bench measures an approach in it that has no container of its own.
  if [ "$command" = bench ]; then docker compose --progress quiet up --no-start --no-deps --force-recreate variant; fi
  # Second services that were not there before are gone afterwards: nobody else expects them on the cores.
  seconds=$(docker compose --profile "$command" ps --services | grep -e '-2$' || true)
  code=0
  follow "$(docker compose --profile "$command" --progress quiet run --detach --use-aliases "$command")" || code=$?
  for service in $(docker compose --profile "$command" ps --services | grep -e '-2$' || true); do
    case "$seconds" in *"$service"*) ;; *) docker compose --profile "$command" --progress quiet rm --stop --force "$service" ;; esac
  done
  if [ "$command" = bench ]; then docker compose --progress quiet rm --stop --force variant; fi
  exit "$code"
}

lack=
if [ -n "${APPROACHES_PATH:-}" ]; then lack="APPROACHES_PATH names a file of yours, which no container has"
elif [ -n "${DATA:-}" ]; then lack="DATA names a file of yours, which no container has"
elif [ "${MODE:-auto}" != native ]; then lack=$(find_lack)
fi
case ${MODE:-auto} in
  native) measure_natively "MODE=native" ;;
  docker)
    [ -z "$lack" ] || { say "error: MODE=docker: $lack"; exit 2; }
    measure_in_containers "MODE=docker"
    ;;
  auto)
    [ -z "$lack" ] || measure_natively "$lack"
    measure_in_containers "a Docker engine and Compose v2 answer (MODE=native decides otherwise)"
    ;;
  *) say "error: MODE=$MODE is wrong; expected auto, native or docker"; exit 2 ;;
esac
