// The package in browsers and workers: nothing of Node.

import { entry } from './entry.js';
import { PolicyError } from './errors.js';

async function read(url) {
  const unreadable = (why, cause) => new PolicyError('unreadable', `cannot fetch ${url}: ${why}`, { cause });
  const response = await fetch(url).catch((error) => {
    throw unreadable(error.message, error);
  });
  if (!response.ok) throw unreadable(`status ${response.status}`);
  return response.arrayBuffer();
}

export { approves, indices } from './answers.js';
export { ConfigurationError, PolicyError } from './errors.js';
export const { createPolicy, scan, format, describe, restrict } = entry(read);
