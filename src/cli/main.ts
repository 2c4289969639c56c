#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { defineCommand, runMain } from 'citty'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const tinyllm = defineCommand({
  meta: { name: 'tinyllm', version, description: 'LLM pipelines as statecharts' },
  subCommands: {
    run: async () => (await import('./run.ts')).runCommand,
  },
})

await runMain(tinyllm)
