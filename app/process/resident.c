/*
 * Memory of processes, as Linux tells it: proc_pid_statm(5).
 */
#include "app/process/resident.h"

#include <stdio.h>
#include <unistd.h>

int64_t
resident_bytes(pid_t pid)
{
	long long pages = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%ld/statm", (long)pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%*s %lld", &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}
