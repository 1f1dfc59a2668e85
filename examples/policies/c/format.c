// Words an outcome for the model that wrote the code: the parts in their order, an empty part left out.

#include "interface.h"

// Starts a part. Parts are one newline apart: captured text that ends with a newline gets no second one.
static void start(text *text, string part) {
    if (text->length != 0 && text->at[text->length - 1] != '\n') append(text, S("\n"));
    append(text, part);
}

// A control character in quoted code must not forge a part of the text.
static void append_line(text *text, string more) {
    for (size_t i = 0; i < more.length; i++) {
        const unsigned char c = (unsigned char)more.at[i];
        const bool c1 = c == 0xC2 && i + 1 < more.length && (unsigned char)more.at[i + 1] < 0xA0;
        const bool control = c < 0x20 || c == 0x7F || c1;
        append(text, control ? S(" ") : slice(more, i, i + 1));
        i += c1;
    }
}

static string or_else(optional_string value, string otherwise) {
    return value.there ? value.value : otherwise;
}

static void append_reason(text *text, const reason *reason) {
    start(text, S("line "));
    append_number(text, reason->line);
    append(text, S(", column "));
    append_number(text, reason->column);
    append(text, S(": `"));
    append_line(text, reason->excerpt);
    append(text, S("`: "));
    append_line(text, reason->message);
    append(text, S(" ("));
    append_line(text, reason->rule);
    append(text, S(")."));
    if (reason->remedy.length == 0) return;
    append(text, S(" "));
    append_line(text, reason->remedy);
    append(text, S("."));
}

static string rejection(const outcome *outcome) {
    text details = { 0 }, whole = { 0 };
    for (size_t i = 0; i < outcome->reasons.count; i++) append_reason(&details, &outcome->reasons.at[i]);
    if (outcome->reasons.count == 0) append_line(&details, or_else(outcome->detail, S("the policy gave no reason")));
    append(&whole, S("Security violation: "));
    append(&whole, finished(&details));
    return finished(&whole);
}

// How the program ended, where an exit code does not say it.
static void append_headline(text *text, const outcome *outcome) {
    if (equal(outcome->status, S("timeout"))) {
        start(text, S("Execution timed out after "));
        append_number(text, outcome->timeout_seconds);
        append(text, S(" seconds"));
    } else if (equal(outcome->status, S("memory")) || equal(outcome->status, S("output_limit"))) {
        start(text, S("Execution stopped: "));
        append(text, or_else(outcome->detail, S("a limit was met")));
    } else if (equal(outcome->status, S("cancelled"))) {
        start(text, S("Execution cancelled"));
    } else if (equal(outcome->status, S("signal"))) {
        start(text, S("Execution ended by "));
        append(text, or_else(outcome->signal, S("a signal")));
    }
}

static void append_section(text *whole, string name, captured captured) {
    if (captured.head.length == 0 && captured.tail.length == 0 && captured.omitted_bytes == 0) return;
    start(whole, name);
    append(whole, S(":\n"));
    if (captured.omitted_bytes == 0) {
        text both = { 0 };
        append(&both, captured.head);
        append(&both, captured.tail);
        append_decoded(whole, finished(&both));
        return;
    }
    append_decoded(whole, captured.head);
    start(whole, S("[... "));
    append_number(whole, captured.omitted_bytes);
    append(whole, S(" bytes omitted ...]\n"));
    append_decoded(whole, captured.tail);
}

// The last line of standard output, where it is JSON and none of it was left out.
static optional_string result_of(captured captured) {
    text written = { 0 };
    if (captured.omitted_bytes == 0) append(&written, captured.head);
    append(&written, captured.tail);
    size_t end = written.length, first;
    while (end > 0 && (unsigned char)written.at[end - 1] <= ' ') end--;
    for (first = end; first > 0 && written.at[first - 1] != '\n';) first--;
    if (first == 0 && captured.omitted_bytes != 0) return (optional_string){ 0 };
    while (first < end && (unsigned char)written.at[first] <= ' ') first++;
    const string last = slice(finished(&written), first, end);
    text decoded = { 0 };
    append_decoded(&decoded, last);
    const bool exact = equal(finished(&decoded), last);
    return exact && is_json(last) ? (optional_string){ true, last } : (optional_string){ 0 };
}

static bool stopped(string status) {
    return equal(status, S("timeout")) || equal(status, S("memory")) || equal(status, S("output_limit"))
        || equal(status, S("cancelled"));
}

EXPORT("formatter", "format")
const formatted *format(const outcome *outcome) {
    formatted *answer = allocate(sizeof *answer);
    *answer = (formatted){ 0 };
    text text = { 0 };
    if (equal(outcome->status, S("rejected"))) {
        answer->text = rejection(outcome);
        return answer;
    }
    if (equal(outcome->status, S("invalid_request")) || equal(outcome->status, S("sandbox_error"))) {
        append(&text, S("Error: "));
        append_line(&text, or_else(outcome->detail, S("unknown")));
        answer->text = finished(&text);
        return answer;
    }
    append_headline(&text, outcome);
    append_section(&text, S("stdout"), outcome->out);
    append_section(&text, S("stderr"), outcome->err);
    if (outcome->exit_code.there) {
        const int32_t code = outcome->exit_code.value;
        start(&text, S("exit_code: "));
        if (code < 0) append(&text, S("-"));
        append_number(&text, code < 0 ? -(int64_t)code : code);
    }
    if (!stopped(outcome->status)) answer->result = result_of(outcome->out);
    if (answer->result.there) {
        start(&text, S("result: "));
        append(&text, answer->result.value);
    }
    if (text.length == 0) {
        append(&text, S("status: "));
        append(&text, outcome->status);
    }
    answer->text = finished(&text);
    return answer;
}
