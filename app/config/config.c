/*
 * The configuration as a whole: the command line, and the INI file that it
 * names.  Called by service.c.
 */
#include "app/config/config.h"

#include <getopt.h>

#include "app/config/options.h"
#include "app/config/sections.h"

/* The file first, so that the command line wins. */
bool
config_read(struct config *c, int argc, char *const argv[], struct buf *why)
{
	if (!options_defaults(c, why) ||
	    !options_read(c, argc, argv, true, why))
		return false;
	if (c->file != NULL && !c->help && !c->version &&
	    !sections_read(c, why))
		return false;
	if (!options_read(c, argc, argv, false, why))
		return false;
	for (int i = optind; i < argc; i++) {
		if (!sections_add_file(c, argv[i], why))
			return false;
	}
	return sections_finish(c, why);
}

void
config_release(struct config *c)
{
	options_release(c);
	sections_release(c);
	*c = (struct config){0};
}

void
config_usage(struct buf *b)
{
	buf_lit(b,
	    "usage: squall [OPTION]... DATABASE...\n"
	    "Puts SQLite databases on the web, behind a web server that "
	    "speaks FastCGI or CGI.\n\n");
	options_usage(b);
	buf_lit(b,
	    "\nSIGTERM, SIGINT  finishes what was accepted, and stops\n"
	    "SIGHUP           reads the configuration again, replaces the "
	    "workers\n"
	    "SIGUSR1          opens the logs anew\n"
	    "SIGUSR2          goes on with the program as it is on disk now\n");
}
