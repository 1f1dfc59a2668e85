// Not run: what the compiler accepts and refuses of the package's types.

import { approves, createPolicy, format, indices, scan, type Outcome, type Policy } from '@code-execute/policy';
import { transpile } from '@code-execute/policy/transpile';

const policy: Policy = await createPolicy({ configuration: '', component: await transpile(new Uint8Array()) });
const violations = policy.scan('import os', 'python');
const approved: boolean = approves(await scan('import os'));
const { start, end }: { start: number; end: number } = indices('import os', violations[0]!.span);
const outcome: Outcome = { status: 'rejected', violations };
const text: string = (await format(outcome)).text;
const bytes: bigint | undefined = policy.restrict('').ceilings.memoryBytes;
void [approved, start, end, text, bytes];

// @ts-expect-error: code is a string
policy.scan(1);
// @ts-expect-error: an outcome has a status
policy.format({});
// @ts-expect-error: the answer of the package's own function comes later
(await import('@code-execute/policy')).scan('').length;
// @ts-expect-error: severities are two words
if (violations[0]!.severity === 'fatal') void 0;
