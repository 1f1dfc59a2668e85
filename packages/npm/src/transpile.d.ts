import type { Component } from './index.js';

/**
 * Translates a component for `createPolicy`, in memory: about a second for one of 2 MiB. What it evaluates stays loaded
 * as long as the page or process. In a page, its Content-Security-Policy must allow scripts from `data:`.
 *
 * @security JavaScript is made from the component and evaluated. Names in a component that could bring code of its own
 * along are refused; still, translate a component that you do not trust in a worker without anything to reach.
 * @throws {PolicyError} Where it is no component, or one that imports something.
 */
export function transpile(component: Uint8Array): Promise<Component>;

/** Translates a component to files, by name: what `npm run build` writes. `index.js` exports a {@link Component}. */
export function transpileToFiles(component: Uint8Array): Promise<Record<string, Uint8Array>>;
