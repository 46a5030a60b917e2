#!/usr/bin/env bats
# Who squall is once its sockets are open, and who may connect to it.  What only
# root may do is refused to others, which is tested as anybody.
# shellcheck disable=SC2030,SC2031,SC2034,SC2119,SC2120,SC2153
load ../lib
load helpers/databases

# As somebody who is not root.
AS=()
((EUID != 0)) || AS=(setpriv --reuid=nobody --regid=nogroup --clear-groups)

# whose PID: user and group, real, effective and saved, and the others.
whose()
{
	awk '$1 == "Uid:" || $1 == "Gid:" || $1 == "Groups:" {
		$1 = ""
		printf "%s;", $0
	}' "/proc/$1/status"
}

# numbers USER: what `whose` says of a process that is the user's.
numbers()
{
	local u g

	u=$(id -u "$1")
	g=$(id -g "$1")
	echo " $u $u $u $u; $g $g $g $g; $(id -G "$1");"
}

# refuses TEXT ARGUMENT...: squall does not start.
refuses()
{
	local text=$1

	shift
	run "$SQUALL" --listen="unix:$T/squall.sock" "$@" "$T/demo.db"
	is "$status" 2
	has "$output" "$text"
	[[ ! -e $T/squall.sock ]]
}

# are_replaced PIDS: are there other workers than these, and none of them?
are_replaced()
{
	local now

	now=$(workers) && ! grep -qxF "$1" <<<"$now"
}

@test "root becomes --user, and the sockets are that user's" {
	local pid before

	make_db "$T/demo.db"
	chmod 644 "$T/demo.db"
	if ((EUID != 0)); then
		run "$SQUALL" --listen="unix:$T/squall.sock" --user=root \
		    "$T/demo.db"
		is "$status" 1
		has "$output" 'only root can become another user'
		return
	fi
	chmod 755 "$T"
	mkdir -m 777 "$T/logs"
	start_squall --workers=2 --user=daemon --log-file="$T/logs/events" \
	    "$T/demo.db"
	for pid in $(pid_of squall) $(workers); do
		is "$(whose "$pid")" "$(numbers daemon)"
	done
	is "$(stat -c '%U %G %a' "$T/squall.sock")" "daemon daemon 660"
	# so is what it makes
	is "$(stat -c '%U %a' "$T/logs/events")" "daemon 640"
	# and it stays so
	before=$(workers)
	send_signal squall USR2
	wait_for grep -q 'the new program has taken over' "$T/logs/events"
	wait_for are_replaced "$before"
	for pid in $(pid_of squall) $(workers); do
		is "$(whose "$pid")" "$(numbers daemon)"
	done
}

@test "--group, --listen-owner, --listen-group and --listen-mode" {
	make_db "$T/demo.db"
	if ((EUID != 0)); then
		start_squall --listen-mode=0600 "$T/demo.db"
		is "$(stat -c %a "$T/squall.sock")" 600
		return
	fi
	start_squall --workers=1 --user=0 --group=daemon --listen-owner=nobody \
	    --listen-group=sys --listen-mode=640 "$T/demo.db"
	is "$(stat -c '%U %G %a' "$T/squall.sock")" "nobody sys 640"
	is "$(awk '$1 == "Gid:" { print $2 }' \
	    "/proc/$(pid_of squall)/status")" "$(id -g daemon)"
}

@test "a database that the user may not read keeps squall from starting" {
	make_db "$T/demo.db"
	if ((EUID != 0)); then
		chmod 000 "$T/demo.db"
		run "$SQUALL" --listen="unix:$T/squall.sock" "$T/demo.db"
		is "$status" 1
	else
		chmod 600 "$T/demo.db"
		chmod 755 "$T"
		run "$SQUALL" --listen="unix:$T/squall.sock" --user=daemon \
		    "$T/demo.db"
		is "$status" 1
	fi
	has "$output" "$T/demo.db"
	has "$output" 'not started'
}

@test "what is no user, group or mode" {
	make_db "$T/demo.db"
	refuses 'there is no user "nemo-x"' --user=nemo-x
	refuses 'there is no group "nemo-x"' --group=nemo-x
	refuses 'there is no group "12x"' --listen-group=12x
	refuses 'user 4000000000 has no group' --user=4000000000
	refuses '--listen-mode: expected an octal number' --listen-mode=0888
	refuses '--listen-mode: expected an octal number' --listen-mode=rw
	refuses '--listen-mode: expected an octal number' --listen-mode=01777
}

@test "who is not root can stay, and become nobody else" {
	local me

	make_db "$T/demo.db"
	chmod 644 "$T/demo.db"
	mkdir -m 777 "$T/run"
	chmod 755 "$T"
	run "${AS[@]}" "$SQUALL" --listen="unix:$T/run/s" --user=daemon \
	    --listen-owner="$("${AS[@]}" id -u)" \
	    --listen-group="$("${AS[@]}" id -g)" "$T/demo.db"
	is "$status" 1
	has "$output" 'only root can become another user or group'
	run "${AS[@]}" "$SQUALL" --listen="unix:$T/run/s" \
	    --listen-owner=daemon "$T/demo.db"
	is "$status" 1
	has "$output" "$T/run/s: Operation not permitted"
	[[ ! -e $T/run/s ]]
	me=$("${AS[@]}" id -u)
	start squall "${AS[@]}" "$SQUALL" --listen="unix:$T/run/s" \
	    --user="$me" --group="$("${AS[@]}" id -g)" "$T/demo.db"
	SQUALL_ADDRESS=unix:$T/run/s
	wait_for squall_answers
}

@test "another user takes a restart" {
	make_db "$T/demo.db"
	cat >"$T/squall.ini" <<-END
		[database demo]
		file = $T/demo.db
	END
	start_squall --config="$T/squall.ini"
	sed -i '1i listen-mode = 0600' "$T/squall.ini"
	send_signal squall HUP
	wait_for grep -q 'listen-mode can only be changed by a restart' \
	    "$T/squall.log"
}
