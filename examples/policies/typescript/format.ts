// Words an outcome for the model that wrote the code: the parts in their order, an empty part left out.

import type { Captured, Formatted, Outcome } from "./interface.js";

export function format(outcome: Outcome): Formatted {
  switch (outcome.status) {
    case "rejected":
      return { text: `Security violation: ${details(outcome)}` };
    case "invalid_request":
    case "sandbox_error":
      return { text: `Error: ${oneLine(outcome.detail ?? "unknown")}` };
    default:
      return ran(outcome);
  }
}

function ran(outcome: Outcome): Formatted {
  const { status, stdout, stderr, exitCode } = outcome;
  const stopped = ["timeout", "memory", "output_limit", "cancelled"].includes(status);
  const result = stopped ? undefined : resultOf(stdout);
  const parts = [
    headline(outcome),
    section("stdout", stdout),
    section("stderr", stderr),
    exitCode == null ? "" : `exit_code: ${exitCode}`,
    result === undefined ? "" : `result: ${result}`,
  ].filter((part) => part !== "");
  // Parts are one newline apart: captured text that ends with a newline gets no second one.
  const text = parts.reduce((text, part) => text + (text && !text.endsWith("\n") ? "\n" : "") + part, "");
  return { text: text || `status: ${status}`, result };
}

// How the program ended, where an exit code does not say it.
function headline({ status, timeoutSeconds, detail, signal }: Outcome): string {
  switch (status) {
    case "timeout":
      return `Execution timed out after ${timeoutSeconds} seconds`;
    case "memory":
    case "output_limit":
      return `Execution stopped: ${detail ?? "a limit was met"}`;
    case "cancelled":
      return "Execution cancelled";
    case "signal":
      return `Execution ended by ${signal ?? "a signal"}`;
    default:
      return "";
  }
}

function details({ reasons, detail }: Outcome): string {
  if (reasons.length === 0) return oneLine(detail ?? "the policy gave no reason");
  return reasons
    .map(({ rule, line, column, excerpt, message, remedy }) =>
      oneLine(`line ${line}, column ${column}: \`${excerpt}\`: ${message} (${rule}).${remedy && ` ${remedy}.`}`))
    .join("\n");
}

// A control character in quoted code must not forge a part of the text.
function oneLine(text: string): string {
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, " ");
}

function section(name: string, captured: Captured): string {
  const text = textOf(captured);
  return text && `${name}:\n${text}`;
}

function textOf({ head, omittedBytes, tail }: Captured): string {
  if (omittedBytes === 0) return decoded(Uint8Array.from([...head, ...tail]));
  const start = decoded(head);
  const newline = start && !start.endsWith("\n") ? "\n" : "";
  return `${start}${newline}[... ${omittedBytes} bytes omitted ...]\n${decoded(tail)}`;
}

// The last line of standard output, where it is JSON and none of it was left out.
function resultOf({ head, omittedBytes, tail }: Captured): string | undefined {
  const lines = decoded(omittedBytes === 0 ? Uint8Array.from([...head, ...tail]) : tail).trimEnd().split("\n");
  const last = lines.pop()!.trim();
  if ((omittedBytes !== 0 && lines.length === 0) || depth(last) > deepest) return undefined;
  try {
    JSON.parse(last);
    return last;
  } catch {
    return undefined;
  }
}

// `JSON.parse` calls itself for each level, and the stack is small: output that nests deeper is no result.
const deepest = 100;

function depth(json: string): number {
  let level = 0;
  let most = 0;
  for (const [bracket] of json.replace(/"(?:[^"\\]|\\.)*"/g, "").matchAll(/[[\]{}]/g)) {
    level += bracket === "[" || bracket === "{" ? 1 : -1;
    most = Math.max(most, level);
  }
  return most;
}

// Bytes as text; what is not UTF-8 becomes U+FFFD. QuickJS has no TextDecoder.
function decoded(bytes: Uint8Array): string {
  let latin1 = "";
  for (let at = 0; at < bytes.length; at += 4096) latin1 += String.fromCharCode(...bytes.slice(at, at + 4096));
  const strict = (text: string) => decodeURIComponent(escape(text));
  try {
    return strict(latin1);
  } catch {
    return latin1.replace(/[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g, (character) => {
      try {
        return strict(character);
      } catch {
        return "\ufffd".repeat(character.length);
      }
    });
  }
}
