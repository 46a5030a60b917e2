# shellcheck shell=bash
# What the checks that npm's programs make share: installing these, and counting
# what they print.  Sets passed and failed.

passed=0
failed=0

# node_install FOLDER: what its package-lock.json names, unless that is there.
node_install()
{
	[[ $1/node_modules/.package-lock.json -nt $1/package-lock.json ]] ||
	    npm --prefix "$1" ci --no-progress
}

# node_count FILE: adds the tests in what a program printed as TAP, and one that
# failed if the program ended before its plan.
node_count()
{
	((passed += $(grep -c '^ok ' "$1"))) || :
	((failed += $(grep -c '^not ok ' "$1"))) || :
	if ! grep -q '^1\.\.' "$1"; then
		echo "${1##*/} ended early"
		((failed++)) || :
	fi
}
