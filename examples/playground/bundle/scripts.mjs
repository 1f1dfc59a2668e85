// Lets the page import a worker's script as text: `import source from './worker.ts?script'`. A worker that is started
// from text is under the page's own Content-Security-Policy; one that is loaded from a file is not.

import { resolve } from 'node:path'
import { build } from 'esbuild'

export const scripts = {
  name: 'scripts',
  setup(bundler) {
    bundler.onResolve({ filter: /\?script$/ }, ({ path, resolveDir }) => {
      return { path: resolve(resolveDir, path.replace(/\?script$/, '')), namespace: 'script' }
    })
    bundler.onLoad({ filter: /.*/, namespace: 'script' }, async ({ path }) => {
      const { outputFiles } = await build({
        entryPoints: [path],
        bundle: true,
        minify: true,
        format: 'iife',
        target: 'es2022',
        write: false,
      })
      return { contents: outputFiles[0].text, loader: 'text', watchFiles: [path] }
    })
  },
}
