/*
 * Just enough of SQLite's tokens to find parameters and leading comments, and
 * what is no condition.
 * Called for requests, and for the operator's files.
 */
#include "app/text/sqltext.h"

static bool
is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '$' || (c & 0x80) != 0;
}

/* The length of the name that `s` begins with. */
static size_t
name_len(struct str s)
{
	size_t n = 0;

	while (n < s.len && is_name_char(s.s[n]))
		n++;
	return n;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* "#name" is documented nowhere, and a parameter all the same. */
static bool
is_marker(char c)
{
	return c == ':' || c == '@' || c == '$' || c == '#';
}

/* The length up to and with the next `end`; all, if there is none. */
static size_t
len_through(struct str s, size_t from, const char *end)
{
	size_t len = strlen(end);
	const char *at =
	    from > s.len ? NULL : memmem(s.s + from, s.len - from, end, len);

	return at == NULL ? s.len : (size_t)(at - s.s) + len;
}

/* The length of a "(part)" at the start, in which there is no blank. */
static size_t
part_len(struct str s)
{
	size_t len = len_through(s, 0, ")");

	if (len == 0 || s.s[0] != '(' || s.s[len - 1] != ')')
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (is_space(s.s[i]))
			return 0;
	}
	return len;
}

/* The length of a parameter's name behind its marker: "a", or "a::b(c)". */
static size_t
parameter_len(struct str s)
{
	bool named = false;
	size_t n = 0;

	for (; n < s.len; n++) {
		if (is_name_char(s.s[n]))
			named = true;
		else if (s.len - n > 1 && s.s[n] == ':' && s.s[n + 1] == ':')
			n++;
		else
			break;
	}
	return named ? n + part_len((struct str){s.s + n, s.len - n}) : 0;
}

/* The length of the token at the start, which may be a single character. */
static size_t
token_len(struct str s)
{
	bool again = s.len > 1 && s.s[1] == s.s[0];
	bool opens = s.len > 1 && s.s[1] == '*';
	char c = s.s[0];
	size_t n;

	switch (c) {
	case '\'':
	case '"':
	case '`':
		/* A doubled quote begins another token of the kind. */
		return len_through(s, 1, (const char[]){c, '\0'});
	case '[':
		return len_through(s, 1, "]");
	case '-':
		return again ? len_through(s, 2, "\n") : 1;
	case '/':
		return opens ? len_through(s, 2, "*/") : 1;
	default:
		n = name_len(s);
		return n == 0 ? 1 : n;
	}
}

bool
sqltext_has(const struct sqltext_params *params, struct str name)
{
	for (size_t i = 0; i < params->n; i++) {
		if (str_eq(params->names[i], name))
			return true;
	}
	return false;
}

static void
add(struct sqltext_params *params, struct str name)
{
	if (sqltext_has(params, name))
		return;
	if (params->n == SQLTEXT_PARAMS)
		params->too_many = true;
	else
		params->names[params->n++] = name;
}

void
sqltext_params(struct str sql, struct sqltext_params *params)
{
	params->n = 0;
	params->too_many = false;
	while (sql.len > 0) {
		size_t len = token_len(sql);

		if (is_marker(sql.s[0])) {
			struct str name = {sql.s + 1, sql.len - 1};

			name.len = parameter_len(name);
			len = name.len + 1;
			if (name.len > 0)
				add(params, name);
		}
		sql.s += len;
		sql.len -= len;
	}
}

/* True if a token that begins as a string or a quoted name has an end. */
static bool
ends(struct str token)
{
	char last = token.s[token.len - 1];

	if (token.s[0] == '[')
		return last == ']';
	return strchr("'\"`", token.s[0]) == NULL ||
	    (token.len > 1 && last == token.s[0]);
}

/* The fault of a token, parentheses aside; NULL: it has none. */
static const char *
no_part(struct str token)
{
	switch (token.s[0]) {
	case ':':
	case '@':
	case '$':
	case '?':
	case '#':
		/* SQLite has ways to write these with a ')' in them. */
		return "parameters are not possible here";
	case '-':
	case '/':
		return token.len > 1 ? "comments are not possible here" : NULL;
	case ';':
		return "only one condition is possible";
	case '\0':
		return "there is a zero byte in it";
	default:
		return ends(token) ? NULL : "a string or a name has no end";
	}
}

const char *
sqltext_no_condition(struct str sql)
{
	static const char unmatched[] = "its parentheses don't match";
	size_t depth = 0;

	while (sql.len > 0) {
		struct str token = {sql.s, token_len(sql)};
		const char *wrong = no_part(token);

		if (wrong != NULL)
			return wrong;
		if (token.s[0] == ')' && depth == 0)
			return unmatched;
		depth += token.s[0] == '(';
		depth -= token.s[0] == ')';
		sql.s += token.len;
		sql.len -= token.len;
	}
	return depth == 0 ? NULL : unmatched;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void
trim(struct str *s)
{
	while (s->len > 0 && is_blank(s->s[0])) {
		s->s++;
		s->len--;
	}
	while (s->len > 0 && is_blank(s->s[s->len - 1]))
		s->len--;
}

bool
sqltext_comment(struct str *sql, struct str *line, int *number)
{
	struct str rest = *sql;

	while (rest.len > 0) {
		size_t len = len_through(rest, 0, "\n");

		*line = (struct str){
		    rest.s, rest.s[len - 1] == '\n' ? len - 1 : len};
		rest.s += len;
		rest.len -= len;
		++*number;
		trim(line);
		if (line->len == 0)
			continue;
		if (!str_starts(*line, str_of("--")))
			return false;
		line->s += 2;
		line->len -= 2;
		trim(line);
		*sql = rest;
		return true;
	}
	return false;
}

void
sqltext_name(struct buf *sql, struct str name)
{
	buf_char(sql, '"');
	for (size_t i = 0; i < name.len; i++) {
		if (name.s[i] == '"')
			buf_char(sql, '"');
		buf_char(sql, name.s[i]);
	}
	buf_char(sql, '"');
}
