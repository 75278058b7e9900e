# make lesson: its services are processes in any case. With MODE=docker, or where there is no npm, they run in one
# container. Needs no Node.js itself.
set -eu
# shellcheck source=scripts/engine.sh
. "${0%/*}/engine.sh"

measure_in_container() {
  lack=$(find_lack)
  [ -z "$lack" ] || { say "error: $1: $lack"; exit 2; }
  say "lesson: in one container, because $1"
  say "building the image (the first time takes minutes)"
  docker compose build --quiet prepare
  follow "$(docker compose --progress quiet run --detach lesson)"
}

case ${MODE:-auto} in
  native) exec "${MAKE:-make}" --no-print-directory lesson-native ;;
  docker) measure_in_container "MODE=docker" ;;
  auto)
    if command -v npm >/dev/null; then exec "${MAKE:-make}" --no-print-directory lesson-native; fi
    measure_in_container "there is no npm here"
    ;;
  *) say "error: MODE=$MODE is wrong; expected auto, native or docker"; exit 2 ;;
esac
