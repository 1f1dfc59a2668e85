// From bytes to the interface's spans: lines end with LF, columns count characters.

#include "interface.h"

span span_of(string code, size_t start, size_t end) {
    span span = { .start = (uint32_t)start, .end = (uint32_t)end, .line = 1, .column = 1 };
    for (size_t i = 0; i < start; i++) {
        if (code.at[i] == '\n') {
            span.line++;
            span.column = 1;
        } else if ((code.at[i] & 0xC0) != 0x80) {
            span.column++;
        }
    }
    return span;
}
