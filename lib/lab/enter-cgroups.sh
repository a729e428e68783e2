#!/bin/sh
# enter-cgroups.sh CGROUP... -- PROGRAM ARG...
# Moves itself into each cgroup directory, then becomes PROGRAM: nothing that PROGRAM starts is ever outside of them.
set -eu
while [ "$1" != -- ]; do
  echo 0 >"$1/cgroup.procs"
  shift
done
shift
exec "$@"
