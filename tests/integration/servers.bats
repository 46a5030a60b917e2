#!/usr/bin/env bats
# Every way to run squall behind a web server: how it gets its socket, how the
# server speaks to it, and where it is mounted.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases
load helpers/crawl

# The program and a database where the web server's own user may run and read
# them.
publish()
{
	mkdir "$T/bin"
	cp "$SQUALL" "$T/bin/squall"
	make_db "$T/demo.db"
	chmod 755 "$T/bin" "$T/bin/squall"
	chmod 644 "$T/demo.db"
}

# is_served [PREFIX]: pages come, with all their links below the prefix.
is_served()
{
	get "${1-}/demo/notes/2.json"
	is "$STATUS" 200
	is "$(value title)" second
	crawl "${1-}/" "^${1-}/"
	is "$(grep -cv "^${1-}/" "$T/seen")" 0
	((PAGES >= 25))
}

# is_served_atlas [PREFIX]: the same for the demo database, without following
# every link of its hundred thousand rows.
is_served_atlas()
{
	local page pages=()

	for page in / /atlas /atlas/places '/atlas/places?_sort_desc=population' \
	    /atlas/places/745044 /atlas/regions /atlas/places_fts \
	    /atlas/countries/TR /atlas/places?_size=7; do
		pages+=("${1-}$page")
	done
	check_links "${pages[@]}"
	is "$(grep -cv "^${1-}/" "$T/seen")" 0
	((PAGES > 300))
}

# lighttpd_conf PATTERN: deploy/lighttpd.conf with the commented block that
# PATTERN begins in place of the one that is in force.
lighttpd_conf()
{
	sed -e '/^fastcgi.server/,/^)/d' -e "\\|^# $1|,/^# )/s/^# \\?//" \
	    "$ROOT/deploy/lighttpd.conf"
}

@test "lighttpd, squall's own socket" {
	start_squall "$ATLAS"
	start_lighttpd
	is_served_atlas
}

@test "nginx, kept connections" {
	start_squall --workers=1 "$ATLAS"
	start_nginx
	is_served_atlas
	(($(connections) > 0))
	grep -F "$T/squall.sock" /proc/net/unix | sort >"$T/before"
	# twenty requests of one client, which one process of nginx serves
	is "$(curl -q -sS -o "$T/#1" -w '%{http_code}\n' \
	    "$URL/atlas?[1-20]" | sort | uniq -c | tr -s ' ')" ' 20 200'
	grep -F "$T/squall.sock" /proc/net/unix | sort >"$T/after"
	(($(comm -13 "$T/before" "$T/after" | wc -l) <= 1))
}

@test "lighttpd, mounted under a path" {
	lighttpd_conf 'fastcgi.server += ( "/data"' >"$T/mounted.conf"
	start_squall "$ATLAS"
	start_lighttpd "$T/mounted.conf"
	is_served_atlas /data
	get '/data/atlas/?_size=3'
	is "$STATUS $(header Location)" "301 /data/atlas?_size=3"
	get /atlas
	is "$STATUS" 404
	hasnt "$HEADERS" Cache-Status
}

@test "nginx, mounted under a path by the prefix option" {
	sed 's|location / {|location /data/ {|' "$ROOT/deploy/nginx.conf" \
	    >"$T/mounted.conf"
	start_squall --prefix=/data "$ATLAS"
	start_nginx "$T/mounted.conf"
	is_served_atlas /data
	get '/data/atlas/?_size=3'
	is "$STATUS" 301
	like "$(header Location)" "/data/atlas\?_size=3$"
	get /atlas
	is "$STATUS" 404
	hasnt "$HEADERS" Cache-Status
}

@test "nginx, mounted under two paths, of which SCRIPT_NAME and PATH_INFO tell" {
	cat >"$T/two.conf" <<-END
		server {
			listen 80;
			location ~ ^(?<mount>/one|/the%20other|/a&b)(?<path>/.*)\$ {
				include fastcgi_params;
				fastcgi_param SCRIPT_NAME \$mount;
				fastcgi_param PATH_INFO \$path;
				fastcgi_pass unix:/run/squall/squall.sock;
			}
		}
	END
	make_db "$T/demo.db"
	start_squall --workers=1 "$T/demo.db"
	start_nginx "$T/two.conf"
	is_served /one
	is_served /a%26b
}

@test "spawn-fcgi: the socket is descriptor 0" {
	publish
	SQUALL_ADDRESS=unix:$T/spawned.sock
	start squall spawn-fcgi -n -s "$T/spawned.sock" -M 0660 -- \
	    "$T/bin/squall" "$T/demo.db"
	site_ready "$T" squall 10 squall_answers
	start_lighttpd
	is_served
	stop squall
	# it is not squall's to remove
	[[ -S $T/spawned.sock ]]
}

@test "spawn-fcgi -F 2: two squalls on one socket" {
	local pid n=0

	publish
	SQUALL_ADDRESS=unix:$T/spawned.sock
	spawn-fcgi -s "$T/spawned.sock" -M 0660 -F 2 -P "$T/pids" -- \
	    "$T/bin/squall" --workers=0 --memory=0 "$T/demo.db" >"$T/spawn.log" 3>&-
	while read -r pid || [[ -n $pid ]]; do
		((n += 1))
		echo "$pid" >"$T/squall-$n.pid"
		echo "squall-$n" >>"$T/started"
	done < <(grep -o '[0-9]*' "$T/pids")
	is "$n" 2
	wait_for squall_answers
	start_lighttpd
	is_served
	# either answers alone
	send_signal squall-1 STOP
	get /demo/notes
	is "$STATUS" 200
	send_signal squall-1 CONT
	send_signal squall-2 STOP
	get /demo/notes
	is "$STATUS" 200
	send_signal squall-2 CONT
}

@test "lighttpd starts squall itself" {
	publish
	printf '%s\n' 'workers = 2' '[database demo]' "file = $T/demo.db" \
	    >"$T/squall.ini"
	lighttpd_conf 'fastcgi.server += ( "/" ' | sed \
	    -e "s|/usr/bin/squall --config=/etc/squall.ini|$T/bin/squall --config=$T/squall.ini|" \
	    -e "s|/run/lighttpd/squall.sock|$T/upload/squall.sock|" \
	    >"$T/spawning.conf"
	start_lighttpd "$T/spawning.conf"
	is_served
	# lighttpd has one child, which has two
	is "$(pgrep -P "$(pid_of lighttpd)" | wc -l)" 1
	is "$(pgrep -P "$(pgrep -P "$(pid_of lighttpd)")" | wc -l)" 2
}

@test "systemd's sockets: LISTEN_FDS" {
	local port

	port=$(free_port)
	publish
	SQUALL_ADDRESS=unix:$T/systemd.sock
	start squall systemd-socket-activate -l "$T/systemd.sock" \
	    -l "127.0.0.1:$port" "$T/bin/squall" "$T/demo.db"
	wait_for test -S "$T/systemd.sock"
	wait_for squall_answers
	((EUID != 0)) || chmod 666 "$T/systemd.sock"
	start_lighttpd
	is_served
	SQUALL_ADDRESS=127.0.0.1:$port
	fcgi GET /demo >"$T/out"
	has "$(<"$T/out")" 'Status: 200'
}

@test "--listen on IPv4" {
	make_db "$T/demo.db"
	start_squall --listen="127.0.0.1:$(free_port)" "$T/demo.db"
	start_nginx
	is_served
	start_lighttpd
	is_served
}

@test "--listen on IPv6" {
	local port

	port=$(free_port)
	make_db "$T/demo.db"
	SQUALL_ADDRESS="[::1]:$port"
	start squall "$SQUALL" --listen="$SQUALL_ADDRESS" "$T/demo.db"
	wait_for grep -q '01000000:'"$(printf %04X "$port") .* 0A " /proc/net/tcp6
	start_nginx
	is_served
	start_lighttpd
	is_served
	# and on IPv6 only
	if site_port_taken "$port"; then
		fail 'it listens on IPv4 as well'
	fi
}

@test "--listen on several sockets at once, unix ones with mode 0660" {
	local port

	port=$(free_port)
	make_db "$T/demo.db"
	start_squall --workers=1 --listen="127.0.0.1:$port" \
	    --listen="unix:$T/a.sock" -l "unix:$T/b c.sock" "$T/demo.db"
	for SQUALL_ADDRESS in "unix:$T/a.sock" "unix:$T/b c.sock" \
	    "127.0.0.1:$port"; do
		fcgi GET /demo >"$T/out"
		has "$(<"$T/out")" 'Status: 200'
	done
	is "$(stat -c %a "$T/a.sock" "$T/b c.sock" | sort -u)" 660
	stop squall
	[[ ! -e "$T/a.sock" && ! -e "$T/b c.sock" ]]
}

@test "--workers=0 serves in the one process" {
	make_db "$T/demo.db"
	start_squall --workers=0 "$T/demo.db"
	start_nginx
	is_served
	is "$(workers)" ''
	stop squall
	[[ ! -e $T/squall.sock ]]
}

# start_cgi: lighttpd with what is in $T/cgi as CGI programs.
start_cgi()
{
	cat >"$T/cgi.conf" <<-END
		server.modules += ( "mod_cgi", "mod_alias" )
		alias.url = ( "/cgi-bin/" => "$T/cgi/" )
		\$HTTP["url"] =~ "^/cgi-bin/" {
			cgi.assign = ( "" => "" )
		}
	END
	chmod 755 "$T/cgi" "$T/cgi"/*
	start_lighttpd "$T/cgi.conf"
}

# is_served_by_cgi MOUNT: pages, and what else there is.
is_served_by_cgi()
{
	is_served "$1"
	get "$1"
	is "$STATUS" 200
	get "$1/demo/?_size=1"
	is "$STATUS $(header Location)" "301 $1/demo?_size=1"
	get "$1/nothing.json"
	is "$STATUS $(jq .status <<<"$BODY")" '404 404'
	get "$1/demo/notes?_size=x"
	is "$STATUS" 400
	get -I "$1/demo"
	is "$STATUS $BODY" '200 '
	head -c 300000 /dev/zero >"$T/post"
	get --data-binary "@$T/post" "$1/demo"
	is "$STATUS $(header Allow)" '405 GET, HEAD'
	# words of the query string are no options
	get "$1/demo?--check+--version"
	is "$STATUS" 200
	has "$BODY" notes
}

@test "CGI by a wrapper script, with memcached" {
	publish
	start_memcached
	mkdir "$T/cgi"
	printf '%s\n' '#!/bin/sh' \
	    "exec '$T/bin/squall' --cache='$MEMCACHED_URL' '$T/demo.db'" \
	    >"$T/cgi/squall"
	((EUID != 0)) || chmod 777 "$MEMCACHED"
	start_cgi
	is_served_by_cgi /cgi-bin/squall
	get /cgi-bin/squall/demo/notes
	like "$(cache_status)" '^squall; hit; ttl=[0-9]+; detail=memcached$'
}

@test "CGI by an executable INI file" {
	publish
	mkdir "$T/cgi"
	cat >"$T/cgi/data.cgi" <<-END
		#!$T/bin/squall -c
		; no more than this
		log = warn
		[database demo]
		file = $T/demo.db
	END
	start_cgi
	is_served_by_cgi /cgi-bin/data.cgi
}

@test "CGI that can't start says so, and where to look" {
	publish
	mkdir "$T/cgi"
	printf '%s\n' "#!$T/bin/squall -c" 'colour = blue' >"$T/cgi/data.cgi"
	printf '%s\n' "#!$T/bin/squall -c" '[database d]' 'file = /no/where.db' \
	    >"$T/cgi/gone.cgi"
	start_cgi
	get /cgi-bin/data.cgi/demo
	is "$STATUS" 500
	has "$BODY" "error log"
	hasnt "$BODY" colour
	has "$(<"$T/lighttpd.log")" 'unknown key "colour"'
	get /cgi-bin/gone.cgi/d
	is "$STATUS" 503
	has "$BODY" 'no such file'
	hasnt "$BODY" /no/where
}
