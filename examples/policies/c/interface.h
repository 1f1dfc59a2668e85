// The types of `wit/`, as the component model's canonical ABI lays them out on wasm32, and the little that C without
// a standard library needs beside them.

#ifndef INTERFACE_H
#define INTERFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the component exports, under the name that the interface has in a core module.
#define EXPORT(interface, function) \
    __attribute__((export_name("code-execute:policy/" interface "@0.1.1#" function)))

typedef struct { const char *at; size_t length; } string;
#define S(text) ((string){ text, sizeof(text) - 1 })

typedef struct { string name, value; } attribute;
typedef struct { const attribute *at; size_t count; } attributes;
typedef struct { const string *at; size_t count; } strings;
typedef struct { bool there; string value; } optional_string;
typedef struct { bool there; int32_t value; } optional_int;

// scanner.wit
typedef struct { uint32_t start, end, line, column; } span;
typedef struct { string rule, severity; span span; string excerpt, message, remedy; } violation;
typedef struct { const violation *at; size_t count; } violations;
typedef struct { string id, language, severity, title, reason, remedy; strings matches, non_matches; } rule;
typedef struct { const rule *at; size_t count; } rules;
typedef struct { string name, version, summary; rules rules; } description;

// formatter.wit
typedef struct { string head, tail; uint64_t omitted_bytes; } captured;
typedef struct { string rule; uint32_t line, column; string excerpt, message, remedy; } reason;
typedef struct { const reason *at; size_t count; } reasons;
typedef struct {
    string language, status;
    optional_int exit_code;
    optional_string signal;
    captured out, err;
    uint32_t timeout_seconds;
    reasons reasons;
    optional_string detail;
    attributes attributes;
} outcome;
typedef struct { string text; optional_string result; } formatted;

_Static_assert(sizeof(outcome) == 120 && sizeof(violation) == 56, "the layout is not the canonical ABI's");

// text.c: memory that is never given back, since an instance serves one submission; and text in the making.
void *allocate(size_t bytes);
typedef struct { char *at; size_t length, room; } text;
void append(text *text, string more);
void append_number(text *text, uint64_t number);
// Appends bytes as text; what is not UTF-8 becomes U+FFFD.
void append_decoded(text *text, string bytes);
string finished(const text *text);
string slice(string whole, size_t start, size_t end);
bool equal(string a, string b);
bool ends_with(string whole, string end);

// json.c: whether `text` is one JSON value.
bool is_json(string text);

// places.c: the span of the bytes from `start` to `end`.
span span_of(string code, size_t start, size_t end);

#endif
