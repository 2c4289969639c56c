import { fileURLToPath } from 'node:url'
import { mergeConfig, type ViteUserConfig } from 'vitest/config'
import base from '../vitest.config.ts'

/** One project for each copy of xstate: `{ name: its folder }`. The sources and the tests both get that copy. */
const copies = JSON.parse(process.env.XSTATE_COPIES ?? '{}') as Record<string, string>

const project = (name: string, folder: string): ViteUserConfig => {
  const { test: _, ...rest } = base
  return mergeConfig(rest, {
    resolve: {
      alias: [
        { find: /^xstate$/, replacement: `${folder}/dist/xstate.esm.js` },
        { find: /^xstate\/([a-z]+)$/, replacement: `${folder}/dist/xstate-$1.esm.js` },
      ],
    },
    test: {
      name,
      include: ['test/contract/**/*.test.ts'],
      setupFiles: [fileURLToPath(new URL('renamed.setup.ts', import.meta.url))],
      env: { XSTATE_RENAMED: name },
      pool: 'forks',
      testTimeout: 60_000,
      unstubEnvs: true,
      restoreMocks: true,
    },
  })
}

export default {
  root: base.root,
  test: { projects: Object.entries(copies).map(([name, folder]) => project(name, folder)) },
} satisfies ViteUserConfig
