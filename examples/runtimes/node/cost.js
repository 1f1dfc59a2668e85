// Says what a policy costs here: `node cost.js FILE`, in milliseconds.

import { readFileSync } from 'node:fs';

import { createPolicy } from '@code-execute/policy';

const code = readFileSync(process.argv[2], 'utf8');
const timed = async (work) => {
  const started = performance.now();
  const made = await work();
  return [performance.now() - started, made];
};
const [loading, policy] = await timed(createPolicy);
const scans = [];
for (let round = 0; round < 501; round++) scans.push((await timed(() => policy.scan(code)))[0]);
scans.sort((one, other) => one - other);
console.log(`load ${loading.toFixed(0)} ms, fresh instance and scan of ${code.length} bytes ${scans[250].toFixed(2)} ms`);
