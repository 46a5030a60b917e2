#!/bin/bash
# The demo, `make demo`: memcached, squall with build/atlas.db, and a web server
# in front (SERVER=lighttpd or nginx) on 127.0.0.1:PORT, until Ctrl-C.  The web
# server runs on the configuration shipped beside this script, see site.bash.
# All files are in a temporary folder; nothing is left, files or processes.
set -euo pipefail

# shellcheck source=deploy/site.bash disable=SC1091
. "${BASH_SOURCE[0]%/*}/site.bash"

SERVER=${SERVER:-lighttpd}
PORT=${PORT:-8080}
SQUALL=${SQUALL:-$SITE_DEPLOY/../build/squall}
ATLAS=${ATLAS:-$SITE_DEPLOY/../build/atlas.db}
FOLDER=
MESSAGES=

die()
{
	echo "demo: $*" >&2
	exit 1
}

check_settings()
{
	local file

	case $SERVER in
	lighttpd | nginx) ;;
	*) die "SERVER=$SERVER: must be lighttpd or nginx" ;;
	esac
	if [[ ! $PORT =~ ^[1-9][0-9]{0,4}$ ]] || ((PORT > 65535)); then
		die "PORT=$PORT: must be a port number"
	fi
	for file in "$SQUALL" "$ATLAS"; do
		[[ -s $file ]] || die "${file##*/} is not built yet, run \`make demo'"
	done
	if site_port_taken "$PORT"; then
		die "port $PORT is taken, choose another: make demo PORT=8181"
	fi
}

# Stops what runs and removes the folder.  A second Ctrl-C must not stop this.
clean_up()
{
	trap '' INT TERM HUP
	[[ -n $FOLDER ]] || return 0
	site_stop_all "$FOLDER"
	[[ -z $MESSAGES ]] || wait "$MESSAGES" || :
	rm -rf "$FOLDER"
}

# Ctrl-C is how the demo ends, and no failure.
interrupted()
{
	echo
	echo 'demo: stopping'
	exit 0
}

start()
{
	FOLDER=$(site_folder squall-demo)
	site_start_memcached "$FOLDER" "$FOLDER/memcached.sock"
	site_start "$FOLDER" squall "$SQUALL" \
	    --config="$SITE_DEPLOY/atlas.ini" \
	    --pages="$(realpath "$SITE_DEPLOY/../db/atlas/pages")" \
	    --listen="unix:$FOLDER/squall.sock" \
	    --cache="memcached:$FOLDER/memcached.sock" "$ATLAS"
	site_ready "$FOLDER" squall 10 test -S "$FOLDER/squall.sock"
	site_start_web "$FOLDER" "$SERVER" "$PORT" "unix:$FOLDER/squall.sock"
	if ! site_wait 20 fetch /; then
		echo "demo: no page from http://127.0.0.1:$PORT/" >&2
		tail -n 20 "$FOLDER"/*.log >&2
		return 1
	fi
	# what squall has to say of worth is for the terminal
	tail -n +1 -f -s 0.1 --pid="$(site_pid "$FOLDER" squall)" \
	    "$FOLDER/squall.log" >&2 &
	MESSAGES=$!
}

fetch()
{
	curl -q -sSf --noproxy '*' --max-time 5 -o "$FOLDER/page" \
	    "http://127.0.0.1:$PORT$1"
}

# Serves until one of the processes ends that should not.
serve()
{
	local name

	cat <<-END

	  squall, memcached and $SERVER are up:  http://127.0.0.1:$PORT/

	    http://127.0.0.1:$PORT/countries/TR         a country
	    http://127.0.0.1:$PORT/places/745044        a place
	    http://127.0.0.1:$PORT/atlas                the data behind them
	    http://127.0.0.1:$PORT/atlas/places         a table of it
	    http://127.0.0.1:$PORT/atlas/places.json    the same as JSON

	  curl -sI http://127.0.0.1:$PORT/atlas | grep Cache-Status
	    twice shows a page come from the cache.  Ctrl-C stops it all.

	END
	wait -n || :
	for name in memcached squall "$SERVER"; do
		if ! site_running "$FOLDER" "$name"; then
			echo "demo: $name ended unexpectedly" >&2
			# squall's is on the terminal already
			[[ $name == squall ]] ||
			    tail -n 20 "$FOLDER/$name.log" >&2
		fi
	done
	return 1
}

main()
{
	check_settings
	trap clean_up EXIT
	trap interrupted INT TERM HUP
	start
	serve
}

main "$@"
