// The package in Node.

import { readFile } from 'node:fs/promises';

import { entry } from './entry.js';

export { approves, indices } from './answers.js';
export { ConfigurationError, PolicyError } from './errors.js';
export const { createPolicy, scan, format, describe, restrict } = entry(readFile);
