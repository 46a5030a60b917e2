/*
 * Which build of squall this is.  ASSETS_HASH and SQUALL_VERSION come from the
 * Makefile, and so does the note with the build ID.
 */
#include "app/cache/build.h"

#include <link.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static const char own[] = SQUALL_VERSION " " ASSETS_HASH;

/* Notes are padded to this (ELF specification, "Note Section"). */
static size_t
padded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Mixes in the build ID, if it is among the notes. */
static void
look_at_notes(const char *p, size_t len, uint64_t *number)
{
	ElfW(Nhdr) note;

	while (len >= sizeof(note)) {
		size_t at, next;

		memcpy(&note, p, sizeof(note));
		at = sizeof(note) + padded(note.n_namesz);
		next = at + padded(note.n_descsz);
		if (next > len)
			return;
		if (note.n_type == NT_GNU_BUILD_ID &&
		    note.n_namesz == sizeof(ELF_NOTE_GNU) &&
		    memcmp(p + sizeof(note), ELF_NOTE_GNU,
			sizeof(ELF_NOTE_GNU)) == 0)
			*number = XXH3_64bits_withSeed(
			    p + at, note.n_descsz, *number);
		p += next;
		len -= next;
	}
}

static const char *
address(ElfW(Addr) number)
{
	return (const char *)number; /* NOLINT(performance-no-int-to-ptr) */
}

/* The first object is the program itself. */
static int
look_at_program(struct dl_phdr_info *info, size_t size, void *number)
{
	(void)size;
	for (size_t i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_NOTE)
			look_at_notes(address(info->dlpi_addr + h->p_vaddr),
			    h->p_memsz, number);
	}
	return 1;
}

uint64_t
build_number(void)
{
	uint64_t number = XXH3_64bits(own, sizeof(own) - 1);

	dl_iterate_phdr(look_at_program, &number);
	return number;
}
