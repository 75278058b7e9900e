# make lesson and its like, whose services are processes in any case: `sh scripts/as-processes.sh lesson`. With MODE=docker,
# or where there is no npm, all of them run in one container, the Compose service of that name. Needs no Node.js itself.
set -eu
# shellcheck source=scripts/engine.sh
. "${0%/*}/engine.sh"
command=$1

measure_in_container() {
  lack=$(find_lack)
  [ -z "$lack" ] || { say "error: $1: $lack"; exit 2; }
  say "$command: in one container, because $1"
  say "building the image (the first time takes minutes)"
  docker compose build --quiet prepare
  follow "$(docker compose --progress quiet run --detach "$command")"
}

measure_here() {
  exec "${MAKE:-make}" --no-print-directory "$command-native"
}

case ${MODE:-auto} in
  native) measure_here ;;
  docker) measure_in_container "MODE=docker" ;;
  auto)
    if command -v npm >/dev/null; then measure_here; fi
    measure_in_container "there is no npm here"
    ;;
  *) say "error: MODE=$MODE is wrong; expected auto, native or docker"; exit 2 ;;
esac
