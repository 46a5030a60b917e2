/*
 * From what people type to what an index of names is asked.  The index folds
 * accents; letters of their own, as in Łódź, Tromsø and Ağrı, it does not.
 */
#include "handlers/atlas/words.h"

#include <ctype.h>
#include <strings.h>

#include "app/text/utf8.h"

enum {
	REPLACED_MAX = 3,   /* letters of a word that stand for others */
	SPELLINGS_MAX = 64, /* of a word */
};

/* Letters, and the ones that people type for them. */
static const struct {
	struct str typed;
	const char *letter;
} letters[] = {
    {{"l", 1}, "ł"},
    {{"o", 1}, "ø"},
    {{"i", 1}, "ı"},
    {{"d", 1}, "đ"},
    {{"d", 1}, "ð"},
    {{"ss", 2}, "ß"},
    {{"ae", 2}, "æ"},
    {{"oe", 2}, "œ"},
    {{"th", 2}, "þ"},
};

enum { LETTERS = sizeof(letters) / sizeof(*letters) };

/* The signs that end a word; to FTS a zero byte ends all of them. */
static bool
is_gap(char c)
{
	return c == '\0' || isspace((unsigned char)c);
}

static void
skip_gap(struct str *s)
{
	while (s->len > 0 && is_gap(*s->s)) {
		s->s++;
		s->len--;
	}
}

/* Cuts the next word off; false if there is none. */
static bool
next_word(struct str *s, struct str *word)
{
	skip_gap(s);
	*word = (struct str){s->s, 0};
	while (s->len > 0 && !is_gap(*s->s)) {
		s->s++;
		s->len--;
		word->len++;
	}
	return word->len > 0;
}

/* True if there is a letter or digit: no name is found by signs alone. */
static bool
has_letters(struct str word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (isalnum((unsigned char)word.s[i]) ||
		    (unsigned char)word.s[i] >= 0x80)
			return true;
	}
	return false;
}

/* The spellings of a word, as they are found. */
struct spellings {
	struct buf *match;
	struct buf word; /* as far as it is spelled */
	const char *end; /* what follows each of them */
	size_t n;
};

static void
add_spelling(struct spellings *s)
{
	buf_str(s->match, s->n++ == 0 ? "\"" : " OR \"");
	buf_add(s->match, s->word.data, s->word.len);
	buf_str(s->match, s->end);
}

static bool
begins_with(struct str s, struct str typed)
{
	return s.len >= typed.len && strncasecmp(s.s, typed.s, typed.len) == 0;
}

/* Spells the rest of a word with just so many of its letters replaced. */
static void
spell(struct spellings *s, struct str rest, unsigned replaced)
{
	size_t len = s->word.len;

	if (s->n == SPELLINGS_MAX)
		return;
	if (rest.len == 0) {
		if (replaced == 0)
			add_spelling(s);
		return;
	}
	for (size_t i = 0; i < LETTERS && replaced > 0; i++) {
		struct str typed = letters[i].typed;

		if (!begins_with(rest, typed))
			continue;
		buf_str(&s->word, letters[i].letter);
		spell(s, (struct str){rest.s + typed.len, rest.len - typed.len},
		    replaced - 1);
		s->word.len = len;
	}
	if (*rest.s == '"')
		buf_char(&s->word, '"');
	buf_char(&s->word, *rest.s);
	spell(s, (struct str){rest.s + 1, rest.len - 1}, replaced);
	s->word.len = len;
}

/* Where there are too many, spellings with fewer replacements come first. */
static void
add_word(struct buf *match, struct str word, bool is_last)
{
	struct spellings s = {.match = match, .end = is_last ? "\" *" : "\""};

	buf_str(match, match->len == 0 ? "(" : " AND (");
	for (unsigned replaced = 0; replaced <= REPLACED_MAX; replaced++)
		spell(&s, word, replaced);
	buf_char(match, ')');
	match->failed |= s.word.failed;
	buf_release(&s.word);
}

void
words_match(struct str typed, struct buf *match)
{
	struct str word, last = {0};

	while (next_word(&typed, &word)) {
		if (!has_letters(word))
			continue;
		if (last.len > 0)
			add_word(match, last, false);
		last = word;
	}
	if (last.len > 0)
		add_word(match, last, true);
}

int64_t
words_length(struct str typed)
{
	skip_gap(&typed);
	while (typed.len > 0 && is_gap(typed.s[typed.len - 1]))
		typed.len--;
	return (int64_t)utf8_count(typed);
}
