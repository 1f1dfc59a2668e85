// The policy of an imaginary company: what it forbids, and how it finds that in code.
//
// It reads text, not syntax: a word is found, and what stands before it on its line decides.

#include "interface.h"

#define LIST(...) ((strings){ (const string[]){ __VA_ARGS__ }, sizeof((const string[]){ __VA_ARGS__ }) / sizeof(string) })

// More than anybody reads, and less than the host refuses.
enum { MOST_VIOLATIONS = 100, LONGEST_EXCERPT = 100 };

enum { PY_NETWORK, SH_NETWORK, SECRET, UNKNOWN_LANGUAGE, RULES };

static const rule all_rules[RULES] = {
    [PY_NETWORK] = {
        .id = S("acme-py-network"),
        .language = S("python"),
        .severity = S("forbidden"),
        .title = S("importing a module that reaches the network"),
        .reason = S("Programs do not talk to other machines: what they need is handed to them as files"),
        .remedy = S("Read the files that you were given"),
        .matches = LIST(S("import requests"), S("import json, socket"), S("from urllib.request import urlopen")),
        .non_matches = LIST(S("import json"), S("requests = 3"), S("from . import http"), S("import socketserver")),
    },
    [SH_NETWORK] = {
        .id = S("acme-sh-network"),
        .language = S("bash"),
        .severity = S("forbidden"),
        .title = S("a command that reaches the network"),
        .reason = S("Programs do not talk to other machines: what they need is handed to them as files"),
        .remedy = S("Read the files that you were given"),
        .matches = LIST(S("curl https://example.org"), S("cd src && git push origin main"), S("echo hello | nc host 80")),
        .non_matches = LIST(S("echo curl"), S("git status"), S("ssh-keygen -t ed25519"), S("man wget")),
    },
    [SECRET] = {
        .id = S("acme-secret"),
        .language = S("any"),
        .severity = S("forbidden"),
        .title = S("the name of a secret of the company"),
        .reason = S("Who knows the name of a secret can ask for it"),
        .remedy = S("Leave credentials to the tools that hold them"),
        .matches = LIST(S("ACME_DEPLOY_TOKEN"), S("print(ACME_KEY)")),
        .non_matches = LIST(S("ACME_REGION"), S("ACME_KEYBOARD"), S("MY_ACME_KEY"), S("acme_key")),
    },
    [UNKNOWN_LANGUAGE] = {
        .id = S("acme-unknown-language"),
        .language = S("any"),
        .severity = S("forbidden"),
        .title = S("a language that this policy does not read"),
        .reason = S("Code that cannot be read cannot be reviewed"),
        .remedy = S("Use Python or Bash"),
    },
};

static const strings modules = {
    (const string[]){ S("ftplib"), S("http"), S("requests"), S("smtplib"), S("socket"), S("urllib"), S("urllib3") }, 7 };
static const strings commands = { (const string[]){ S("curl"), S("nc"), S("scp"), S("ssh"), S("wget") }, 5 };
static const strings prefixes = {
    (const string[]){ S("do"), S("else"), S("exec"), S("sudo"), S("then"), S("time") }, 6 };
static const strings secrets = { (const string[]){ S("KEY"), S("PASSWORD"), S("SECRET"), S("TOKEN") }, 4 };

static bool one_of(strings words, string word) {
    for (size_t i = 0; i < words.count; i++) if (equal(words.at[i], word)) return true;
    return false;
}

static bool is_in(string characters, string code, size_t at) {
    for (size_t i = 0; i < characters.length; i++) if (at < code.length && code.at[at] == characters.at[i]) return true;
    return false;
}

static bool is_blank(string code, size_t at) {
    return is_in(S(" \t"), code, at);
}

static bool is_word(string code, size_t at) {
    if (at >= code.length) return false;
    const char c = code.at[at], lower = c | 0x20;
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static size_t skip_blanks(string code, size_t at) {
    while (is_blank(code, at)) at++;
    return at;
}

static size_t word_end(string code, size_t at) {
    while (is_word(code, at)) at++;
    return at;
}

static string without_blanks(string line) {
    while (line.length != 0 && is_blank(line, line.length - 1)) line.length--;
    return line;
}

// The line up to `at`.
static string line_before(string code, size_t at) {
    size_t start = at;
    while (start > 0 && code.at[start - 1] != '\n') start--;
    return slice(code, start, at);
}

static string last_word(string line) {
    size_t start = line.length;
    while (start > 0 && is_word(line, start - 1)) start--;
    return slice(line, start, line.length);
}

// Whether a statement of Python starts after `line`.
static bool statement_starts(string line) {
    line = without_blanks(line);
    return line.length == 0 || is_in(S(";:"), line, line.length - 1);
}

// Whether `line` ends where `import` or `from` wants the name of a module.
static bool importing(string line) {
    const string before = without_blanks(line), word = last_word(before);
    if (equal(word, S("import")) || equal(word, S("from"))) {
        return before.length < line.length && statement_starts(slice(before, 0, before.length - word.length));
    }
    if (!ends_with(before, S(","))) return false;
    for (size_t at = before.length; at-- > 0 && !is_in(S(";#"), before, at);) {
        const bool keyword = at + 7 < before.length && equal(slice(before, at, at + 6), S("import"));
        if (keyword && is_blank(before, at + 6) && statement_starts(slice(before, 0, at))) return true;
    }
    return false;
}

// Whether `line` ends where Bash wants a command.
static bool calling(string line) {
    const string before = without_blanks(line);
    if (before.length == 0 || is_in(S(";&|(`"), before, before.length - 1)) return true;
    return before.length < line.length && one_of(prefixes, last_word(before));
}

// Each of these says where a finding that starts with the word at `at` ends; 0 where there is none.

static size_t network_module(string code, size_t at) {
    size_t end = word_end(code, at);
    if (!one_of(modules, slice(code, at, end)) || !importing(line_before(code, at))) return 0;
    while (is_in(S("."), code, end) && is_word(code, end + 1)) end = word_end(code, end + 1);
    return end;
}

static size_t network_command(string code, size_t at) {
    size_t end = word_end(code, at);
    if (equal(slice(code, at, end), S("git")) && is_blank(code, end)) {
        const size_t push = skip_blanks(code, end);
        end = word_end(code, push);
        if (!equal(slice(code, push, end), S("push"))) return 0;
    } else if (!one_of(commands, slice(code, at, end))) {
        return 0;
    }
    return !is_in(S("./-"), code, end) && calling(line_before(code, at)) ? end : 0;
}

static size_t secret(string code, size_t at) {
    const size_t end = word_end(code, at);
    const string word = slice(code, at, end);
    if (word.length < 8 || !equal(slice(word, 0, 5), S("ACME_"))) return 0;
    for (size_t i = 0; i < word.length; i++) if (word.at[i] >= 'a' && word.at[i] <= 'z') return 0;
    const string rest = slice(word, 5, word.length);
    for (size_t i = 0; i < secrets.count; i++) if (ends_with(rest, secrets.at[i])) return end;
    return 0;
}

static void add(violations *found, violation *into, string code, size_t start, size_t end, int kind, string what) {
    if (found->count == MOST_VIOLATIONS) return;
    const rule *rule = &all_rules[kind];
    const size_t shown = end - start < LONGEST_EXCERPT ? end : start + LONGEST_EXCERPT;
    const string excerpt = slice(code, start, shown);
    text message = { 0 };
    append(&message, S("`"));
    append(&message, excerpt);
    append(&message, S("` "));
    append(&message, what);
    into[found->count++] = (violation){
        rule->id, rule->severity, span_of(code, start, end), excerpt, finished(&message), rule->remedy };
}

EXPORT("scanner", "scan")
const violations *scan(const char *language_at, size_t language_length, const char *code_at, size_t code_length,
                       const attribute *attributes, size_t attributes_count) {
    (void)attributes, (void)attributes_count;
    const string language = { language_at, language_length }, code = { code_at, code_length };
    const bool python = equal(language, S("python")), bash = equal(language, S("bash"));
    violation *into = allocate(MOST_VIOLATIONS * sizeof *into);
    violations *found = allocate(sizeof *found);
    *found = (violations){ into, 0 };
    if (!python && !bash) add(found, into, code, 0, 0, UNKNOWN_LANGUAGE, S("is neither Python nor Bash"));
    for (size_t at = 0; at < code.length && (python || bash); at++) {
        if (!is_word(code, at) || is_word(code, at - 1)) continue;
        size_t end = secret(code, at);
        if (end != 0) {
            add(found, into, code, at, end, SECRET, S("names a secret of the company"));
        } else if (python && (end = network_module(code, at)) != 0) {
            add(found, into, code, at, end, PY_NETWORK, S("reaches the network"));
        } else if (bash && (end = network_command(code, at)) != 0) {
            add(found, into, code, at, end, SH_NETWORK, S("reaches the network"));
        }
    }
    return found;
}

EXPORT("scanner", "describe")
const description *describe(void) {
    static const description acme = {
        .name = S("acme"),
        .version = S("0.1.0"),
        .summary = S("Keeps programs off the network and away from the names of secrets"),
        .rules = { all_rules, RULES },
    };
    return &acme;
}
