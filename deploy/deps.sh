#!/bin/bash
# Installs the Debian packages that a purpose needs, and is the one place where
# packages are named:
#	deploy/deps.sh run|build|demo|test|api|browser|fuzz|lint|budget|bench|picture
# Says and does nothing when all are there.  The servers among them are not
# started: while apt-get works, a policy-rc.d forbids it (if the machine has none
# of its own) and is removed again however the work ends; servers that were newly
# installed are not left enabled for the next boot either.
set -euo pipefail

# A set's first words may be the names of sets that it includes.  A|B: the
# package's name differs between releases.
declare -rA SETS=(
	# the libraries of an installed squall
	[run]='libmemcached11|libmemcached11t64
		libhiredis0.14|libhiredis1.1.0|libhiredis1.3.0
		libsqlite3-0 libinih1 libdeflate0'
	# make
	[build]='gcc libc6-dev make pkg-config libmemcached-dev
		libhiredis-dev libsqlite3-dev libinih-dev libxxhash-dev
		libdeflate-dev libfcgi-dev'
	# make demo: the servers, and what loads the demo database
	[demo]='@build memcached lighttpd nginx curl sqlite3 gzip'
	# make test: systemd for systemd-socket-activate, libfcgi-bin for
	# cgi-fcgi, procps for the time limits of bats, libxml2-utils for
	# xmllint, python3-prometheus-client to read the metrics; and programs
	# that keep databases, to publish these: subversion, fossil,
	# libnss3-tools, rpm, newsboat
	[test]='@demo redis-server libcmocka-dev bats spawn-fcgi libfcgi-bin jq wrk
		systemd procps libxml2-utils python3-prometheus-client faketime
		subversion fossil libnss3-tools rpm newsboat'
	# make check-api: libfcgi-bin for cgi-fcgi; npm brings the rest
	[api]='@demo libfcgi-bin nodejs npm'
	# make test-browser: Chromium (Debian's name), and fonts for what it
	# shows, without which there would be boxes
	[browser]='@api chromium fonts-dejavu-core'
	# make fuzz: libFuzzer is in libclang-rt-dev; in Ubuntu 22.04, whose
	# clang is older than that package, it comes with clang
	[fuzz]='@build clang libclang-rt-dev|libclang-common-14-dev'
	# make lint: clang-tidy reads the headers of the libraries
	[lint]='@build clang-format clang-tidy cppcheck shellcheck mandoc'
	# make budget: libfcgi-bin for cgi-fcgi
	[budget]='@demo libfcgi-bin procps valgrind'
	# make bench: squall's peers, and what measures
	[bench]='@demo redis-server wrk procps libfcgi-bin jq
		valgrind strace
		php8.2-fpm|php8.4-fpm|php8.3-fpm|php8.1-fpm php-sqlite3
		php-memcached python3-tornado python3-pymemcache python3-redis'
	# make picture: Chromium (Debian's name) and a font for it
	[picture]='@demo chromium fonts-dejavu-core'
)
# Installing these starts them, and enables them for the next boot.
declare -r SERVICES='lighttpd nginx memcached redis-server
	php8.1-fpm php8.2-fpm php8.3-fpm php8.4-fpm'

declare -r POLICY=/usr/sbin/policy-rc.d
declare -r MARK='# put here by squall, deploy/deps.sh, for as long as it runs'

die()
{
	echo "deps.sh: $*" >&2
	exit 1
}

# The packages of a set, those of the sets it includes first.
packages()
{
	local word

	for word in ${SETS[$1]}; do
		case $word in
		@*) packages "${word#@}" ;;
		*) echo "$word" ;;
		esac
	done
}

# The names that packages of SETS have in this release: of A|B the first that apt
# knows; or, if apt knows none yet, one that is installed.
release_names()
{
	local package name names

	for package; do
		IFS='|' read -ra names <<<"$package"
		name=${names[0]}
		if ((${#names[@]} > 1)); then
			read -r name < <(
				known "${names[@]}"
				installed "${names[@]}"
				echo "$name"
			)
		fi
		echo "$name"
	done
}

# The packages named that this release has, so far as apt knows.
known()
{
	local name

	for name; do
		[[ -z $(apt-cache madison "$name" 2>/dev/null) ]] || echo "$name"
	done
}

# The packages named that are installed.
installed()
{
	dpkg-query -W -f "\${db:Status-Status} \${Package}\\n" "$@" 2>/dev/null |
	    sed -n 's/^installed //p' || :
}

# The packages of a set that are not installed, nor part of one that is (Node.js
# from elsewhere has npm in it).  One that has another name here may be there
# under the other and be something else.
missing()
{
	local package name state provided
	local -A states=()

	while read -r state name provided; do
		[[ $state == installed ]] || continue
		for name in "$name" ${provided//,/ }; do
			states[$name]=$state
		done
	done < <(packages "$1" | tr '|' '\n' | xargs dpkg-query -W -f \
	    "\${db:Status-Status} \${Package} \${Provides}\\n" 2>/dev/null)

	for package in $(packages "$1"); do
		name=$(release_names "$package")
		[[ ${states[$name]-} == installed ]] || echo "$package"
	done
}

allow_services()
{
	if grep -qsxF -- "$MARK" "$POLICY"; then
		rm -f "$POLICY"
	fi
}

# An earlier run that was killed may have left its policy behind: ours to renew.
forbid_services()
{
	trap allow_services EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	allow_services
	if [[ ! -e $POLICY && ! -L $POLICY ]]; then
		printf '%s\n' '#!/bin/sh' "$MARK" 'exit 101' >"$POLICY"
		chmod 755 "$POLICY"
	fi
}

# The packages named that are services.
services()
{
	local package

	for package; do
		[[ " $SERVICES " != *" $package "* ]] || echo "$package"
	done
}

# As root: installs the packages named.  Their names are certain only once the
# lists of packages have been fetched.
install_packages()
{
	local list new

	export DEBIAN_FRONTEND=noninteractive
	forbid_services
	apt-get update </dev/null ||
	    echo 'deps.sh: apt-get update failed, trying with what is known' >&2
	mapfile -t list < <(release_names "$@")
	apt-get install -y --no-install-recommends "${list[@]}" </dev/null

	mapfile -t new < <(services "${list[@]}")
	if ((${#new[@]} > 0)) && [[ -x $(command -v systemctl) ]]; then
		systemctl disable "${new[@]}" </dev/null ||
		    echo "deps.sh: could not disable ${new[*]}" >&2
	fi
}

explain()
{
	local new

	mapfile -t new < <(services "${@:2}")
	echo "deps.sh: \`$1' needs packages that are not installed: ${*:2}"
	echo 'deps.sh: this takes, as root and without starting any service:'
	echo '    apt-get update'
	echo "    apt-get install -y --no-install-recommends ${*:2}"
	((${#new[@]} == 0)) || echo "    systemctl disable ${new[*]}"
}

main()
{
	local list names

	if [[ ${1-} == --install ]]; then
		install_packages "${@:2}"
		return
	fi
	if (($# != 1)) || [[ ! -v SETS[$1] ]]; then
		die 'usage: deploy/deps.sh run|build|demo|test|api|browser|fuzz|lint|budget|bench|picture'
	fi
	if [[ ! -x $(command -v apt-get) || ! -x $(command -v dpkg-query) ]]; then
		echo 'deps.sh: no apt-get here; install these, named as in Debian:'
		packages "$1" | paste -sd ' '
		exit 1
	fi

	mapfile -t list < <(missing "$1")
	if ((${#list[@]} == 0)); then
		return
	fi
	mapfile -t names < <(release_names "${list[@]}")
	explain "$1" "${names[@]}"
	if ((EUID == 0)); then
		install_packages "${list[@]}"
	elif [[ -x $(command -v sudo) ]]; then
		sudo "$BASH" "$0" --install "${list[@]}"
	else
		die 'neither root nor sudo: run the commands above as root'
	fi
}

main "$@"
