# What commands that may use containers have in common. Read by them, not run.

say() { printf '%s\n' "$1" >&2; }

# Says what is missing for containers; nothing when all is there.
find_lack() {
  if ! command -v docker >/dev/null; then echo "there is no docker command"
  elif ! docker version --format '{{.Server.Version}}' >/dev/null 2>&1; then echo "no Docker engine answers"
  elif ! docker compose config --quiet >/dev/null 2>&1; then echo "there is no Docker Compose 2.20.2 or newer"
  else
    case ${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}' 2>/dev/null)} in
      tcp:* | ssh:* | http*) echo "the Docker engine is that of another machine" ;;
    esac
  fi
}

# Follows a container to its end, removes it, and returns as it did. Ctrl-C ends whatever shows the container, and not the
# container: it is told to stop, and what it still says is shown.
follow() {
  followed=$1
  stopped=
  trap 'stopped=$(date +%s); docker kill --signal INT "$followed" >/dev/null 2>&1 || true' INT TERM HUP
  docker logs --follow "$followed" || true
  while [ -n "$stopped" ]; do
    since=$stopped
    stopped=
    docker logs --follow --since "$since" "$followed" || true
  done
  code=$(docker wait "$followed")
  docker rm "$followed" >/dev/null
  trap - INT TERM HUP
  return "$code"
}
