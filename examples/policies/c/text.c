// Memory and text, without a standard library.

#include "interface.h"

extern char __heap_base;
static uintptr_t free_from = (uintptr_t)&__heap_base;

__attribute__((export_name("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_size, size_t alignment, size_t new_size) {
    const uintptr_t start = (free_from + alignment - 1) & ~(uintptr_t)(alignment - 1);
    const uintptr_t end = start + new_size, page = 65536;
    const uintptr_t have = __builtin_wasm_memory_size(0) * page;
    if (end < start) __builtin_trap();
    // A trap means that the host does not run the code.
    if (end > have && __builtin_wasm_memory_grow(0, (end - have + page - 1) / page) == (size_t)-1) __builtin_trap();
    free_from = end;
    if (old_size != 0) __builtin_memcpy((void *)start, old, old_size < new_size ? old_size : new_size);
    return (void *)start;
}

void *allocate(size_t bytes) {
    return cabi_realloc(NULL, 0, 16, bytes);
}

void append(text *text, string more) {
    if (text->room - text->length < more.length) {
        text->room = 2 * (text->length + more.length) + 256;
        text->at = cabi_realloc(text->at, text->length, 1, text->room);
    }
    if (more.length != 0) __builtin_memcpy(text->at + text->length, more.at, more.length);
    text->length += more.length;
}

void append_number(text *text, uint64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    do digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    append(text, (string){ digits + at, sizeof digits - at });
}

// How many bytes the character at the start of `bytes` has; 0 where there is none.
static size_t character(string bytes) {
    const unsigned char *at = (const unsigned char *)bytes.at;
    if (at[0] < 0x80) return 1;
    const size_t length = at[0] >= 0xC2 && at[0] <= 0xDF ? 2 : (at[0] & 0xF0) == 0xE0 ? 3 : at[0] >= 0xF0 && at[0] <= 0xF4 ? 4 : 0;
    if (length == 0 || length > bytes.length) return 0;
    for (size_t i = 1; i < length; i++) if ((at[i] & 0xC0) != 0x80) return 0;
    // Forms that are too long, surrogates, and what lies beyond the last character.
    if ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] > 0x9F)) return 0;
    if ((at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] > 0x8F)) return 0;
    return length;
}

void append_decoded(text *text, string bytes) {
    while (bytes.length != 0) {
        const size_t length = character(bytes), step = length == 0 ? 1 : length;
        append(text, length == 0 ? S("\xEF\xBF\xBD") : slice(bytes, 0, length));
        bytes = slice(bytes, step, bytes.length);
    }
}

string finished(const text *text) {
    return (string){ text->at, text->length };
}

string slice(string whole, size_t start, size_t end) {
    return (string){ whole.at + start, end - start };
}

bool equal(string a, string b) {
    if (a.length != b.length) return false;
    for (size_t i = 0; i < a.length; i++) if (a.at[i] != b.at[i]) return false;
    return true;
}

bool ends_with(string whole, string end) {
    return whole.length >= end.length && equal(slice(whole, whole.length - end.length, whole.length), end);
}
