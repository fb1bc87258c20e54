#!/bin/sh
# Stands between Miniflare and workerd to put the state's name on workerd's command line (see processes.ts).
first=$1
shift
exec "$REGULARS_WORKERD" "$first" "--import-path=$REGULARS_STATE" "$@"
