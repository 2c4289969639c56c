// `prepare`: npm runs it after an installation in a checkout, before it packs, and where a user installs from git.
import { writeFileSync } from 'node:fs'

// vitest and the plug-ins of editors look for their configuration at the root only. The top level is kept for what a
// reader of the repository looks for, so the configuration is in test/, and this file is ignored by git.
writeFileSync(
  new URL('../../vitest.config.ts', import.meta.url),
  `// Written by test/tools/prepare.js, and ignored by git.\nexport { default } from './test/vitest.config.ts'\n`,
)

await import('./build.js')
