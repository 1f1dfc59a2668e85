// The policy of an imaginary company: what it forbids, and how it finds that in code.
//
// It reads text, not syntax: a pattern finds a candidate, another looks at what stands before it on its line.

import { places } from "./places.js";
import { format } from "./format.js";
import type { Formatter, Rule, Scanner } from "./interface.js";

const modules = /(?<![\w.])(?:ftplib|http|requests|smtplib|socket|urllib|urllib3)(?:\.\w+)*(?!\w)/g;
const commands = /(?<![\w./-])(?:curl|nc|scp|ssh|wget|git[ \t]+push)(?![\w./-])/g;
const secrets = /\bACME_[A-Z0-9_]*(?:KEY|PASSWORD|SECRET|TOKEN)\b/g;

const importing = /(?:^|[;:])[ \t]*(?:from[ \t]+|import[ \t]+(?:[^;#]*,[ \t]*)?)$/;
const calling = /(?:^|[;&|(`]|\b(?:do|else|exec|sudo|then|time)[ \t])[ \t]*$/;

const rules: [Rule, Rule, Rule, Rule] = [
  {
    id: "acme-py-network",
    language: "python",
    severity: "forbidden",
    title: "importing a module that reaches the network",
    reason: "Programs do not talk to other machines: what they need is handed to them as files",
    remedy: "Read the files that you were given",
    matches: ["import requests", "import json, socket", "from urllib.request import urlopen"],
    nonMatches: ["import json", "requests = 3", "from . import http", "import socketserver"],
  },
  {
    id: "acme-sh-network",
    language: "bash",
    severity: "forbidden",
    title: "a command that reaches the network",
    reason: "Programs do not talk to other machines: what they need is handed to them as files",
    remedy: "Read the files that you were given",
    matches: ["curl https://example.org", "cd src && git push origin main", "echo hello | nc host 80"],
    nonMatches: ["echo curl", "git status", "ssh-keygen -t ed25519", "man wget"],
  },
  {
    id: "acme-secret",
    language: "any",
    severity: "forbidden",
    title: "the name of a secret of the company",
    reason: "Who knows the name of a secret can ask for it",
    remedy: "Leave credentials to the tools that hold them",
    matches: ["ACME_DEPLOY_TOKEN", "print(ACME_KEY)"],
    nonMatches: ["ACME_REGION", "ACME_KEYBOARD", "MY_ACME_KEY", "acme_key"],
  },
  {
    id: "acme-unknown-language",
    language: "any",
    severity: "forbidden",
    title: "a language that this policy does not read",
    reason: "Code that cannot be read cannot be reviewed",
    remedy: "Use Python or Bash",
    matches: [],
    nonMatches: [],
  },
];
const [pyNetwork, shNetwork, secret, unknownLanguage] = rules;

// More than anybody reads, and less than the host refuses.
const mostViolations = 100;
const longestExcerpt = 100;

export const scanner: Scanner = {
  describe() {
    return {
      name: "acme",
      version: "0.1.0",
      summary: "Keeps programs off the network and away from the names of secrets",
      rules,
    };
  },

  scan({ language, code }) {
    const findings = find(language, code).sort((a, b) => a.start - b.start);
    const spans = places(code);
    return findings.slice(0, mostViolations).map(({ rule, start, end, message }) => ({
      rule: rule.id,
      severity: rule.severity,
      span: spans(start, end),
      excerpt: code.slice(start, Math.min(end, start + longestExcerpt)),
      message,
      remedy: rule.remedy,
    }));
  },
};

export const formatter: Formatter = { format };

// Positions are JavaScript's: UTF-16 code units.
interface Finding {
  rule: Rule;
  start: number;
  end: number;
  message: string;
}

function find(language: string, code: string): Finding[] {
  const ofSecrets = all(secrets, /$/, secret, "names a secret of the company");
  switch (language) {
    case "python":
      return [...all(modules, importing, pyNetwork, "reaches the network"), ...ofSecrets];
    case "bash":
      return [...all(commands, calling, shNetwork, "reaches the network"), ...ofSecrets];
    default: {
      const message = `this policy reads Python and Bash, not \`${[...language].slice(0, 50).join("")}\``;
      return [{ rule: unknownLanguage, start: 0, end: 0, message }];
    }
  }

  // What `pattern` finds where the line up to there ends with `before`.
  function all(pattern: RegExp, before: RegExp, rule: Rule, what: string): Finding[] {
    return [...code.matchAll(pattern)]
      .filter((match) => before.test(code.slice(code.lastIndexOf("\n", match.index - 1) + 1, match.index)))
      .map(({ index, 0: text }) => {
        const message = `\`${text.slice(0, longestExcerpt)}\` ${what}`;
        return { rule, start: index, end: index + text.length, message };
      });
  }
}
