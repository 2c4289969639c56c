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
      include: JSON.parse(process.env.XSTATE_TESTS ?? '[]') as string[],
      setupFiles: [fileURLToPath(new URL('other-xstate.setup.ts', import.meta.url))],
      env: { XSTATE_COPY: name },
      pool: 'forks',
      testTimeout: 60_000,
      unstubEnvs: true,
      restoreMocks: true,
    },
  })
}

// oxlint-disable-next-line import/no-default-export -- vitest asks for it
export default {
  root: base.root,
  test: { projects: Object.entries(copies).map(([name, folder]) => project(name, folder)) },
} satisfies ViteUserConfig
