// Whether a text is one JSON value. Deeper than 100 levels it is taken for none: the stack is small.

#include "interface.h"

typedef struct { const char *at, *end; } reader;

static bool value(reader *r, int depth);

static bool take(reader *r, char c) {
    return r->at < r->end && *r->at == c && (r->at++, true);
}

static void skip_blanks(reader *r) {
    while (take(r, ' ') || take(r, '\t') || take(r, '\n') || take(r, '\r')) {}
}

static bool word(reader *r, string word) {
    if ((size_t)(r->end - r->at) < word.length || !equal((string){ r->at, word.length }, word)) return false;
    r->at += word.length;
    return true;
}

static bool digits(reader *r) {
    const char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    return r->at > start;
}

static bool number(reader *r) {
    take(r, '-');
    if (!take(r, '0') && !digits(r)) return false;
    if (take(r, '.') && !digits(r)) return false;
    if (!take(r, 'e') && !take(r, 'E')) return true;
    if (!take(r, '+')) take(r, '-');
    return digits(r);
}

static bool hexadecimal(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool quoted(reader *r) {
    if (!take(r, '"')) return false;
    while (r->at < r->end) {
        const char c = *r->at++;
        if (c == '"') return true;
        if ((unsigned char)c < 0x20) return false;
        if (c != '\\') continue;
        if (take(r, 'u')) {
            for (int i = 0; i < 4; i++) if (r->at == r->end || !hexadecimal(*r->at++)) return false;
        } else {
            const string escapes = S("\"\\/bfnrt");
            bool known = false;
            for (size_t i = 0; i < escapes.length && !known; i++) known = take(r, escapes.at[i]);
            if (!known) return false;
        }
    }
    return false;
}

// What stands between brackets: values, or in an object names and values.
static bool members(reader *r, char close, bool named, int depth) {
    skip_blanks(r);
    if (take(r, close)) return true;
    do {
        skip_blanks(r);
        if (named && (!quoted(r) || (skip_blanks(r), !take(r, ':')))) return false;
        if (!value(r, depth + 1)) return false;
    } while (take(r, ','));
    return take(r, close);
}

static bool value(reader *r, int depth) {
    if (depth > 100) return false;
    skip_blanks(r);
    const bool known = take(r, '[') ? members(r, ']', false, depth)
        : take(r, '{') ? members(r, '}', true, depth)
        : r->at < r->end && *r->at == '"' ? quoted(r)
        : word(r, S("true")) || word(r, S("false")) || word(r, S("null")) || number(r);
    skip_blanks(r);
    return known;
}

bool is_json(string text) {
    reader r = { text.at, text.at + text.length };
    return value(&r, 0) && r.at == r.end;
}
