#!/bin/sh
# The command of a container as a worker of the host that the container runs on. In the image:
#
#   ENTRYPOINT ["tini", "--", "/container-entrypoint.sh"]
#   CMD ["--group", "vitrage", "--ready", "tcp://:8080", "--", "./server"]
#
# and at its start: docker run --env HOST_HOSTNAME="$(hostname)" --env SVC_BACKEND=zookeeper://zk1,zk2,zk3 ...
set -eu
: "${HOST_HOSTNAME:?which host is this? Give --env HOST_HOSTNAME=\"\$(hostname)\"}"
exec svc run "$@"
