// `npm run build`: compiles src and machines into dist. It is also `prepare`, so that an install from git works.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { buildPage } from './build-page.js'

process.chdir(fileURLToPath(new URL('../..', import.meta.url)))

const tsc = findCompiler()
if (!tsc) {
  // `npm ci --omit=dev` also runs `prepare`. What was built before is then still good.
  if (existsSync('dist/index.js')) process.exit(0)
  console.error(`tinyllm is compiled when it is installed from its repository, and the compiler (the development
dependency "typescript") is missing. Do one of these:
  - install it with its development dependencies: npm install --include=dev
  - install a package that is already built: run "npm pack" in a full checkout, then "npm install tinyllm-VERSION.tgz"`)
  process.exit(1)
}

rmSync('dist', { recursive: true, force: true })
compile('src')
compile('src/tsconfig.cjs.json')
asCommonJs()
compile('machines')
compile('machines/tsconfig.cjs.json')
await buildPage()
if (existsSync('dist/cli/main.js')) chmodSync('dist/cli/main.js', 0o755)

function findCompiler() {
  try {
    return createRequire(import.meta.url)
      .resolve('typescript/package.json')
      .replace('package.json', 'bin/tsc')
  } catch {
    return undefined
  }
}

/** Says that dist/cjs is CommonJS, where the package is ESM, and puts what stands for `import.meta` there. */
function asCommonJs() {
  writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n')
  const file = 'dist/cjs/observe/inspector/server/module-url.js'
  const twin = "require('node:path').join(__dirname, '../../../../observe/inspector/server/module-url.js')"
  const code = readFileSync(file, 'utf8').replace('import.meta.url', `require('node:url').pathToFileURL(${twin}).href`)
  writeFileSync(file, code)
}

function compile(project) {
  const { status } = spawnSync(process.execPath, [tsc, '--project', project], { stdio: 'inherit' })
  if (status === 0) return
  console.error(`tinyllm: ${project} does not compile, see above. Nothing was built.`)
  rmSync('dist', { recursive: true, force: true })
  process.exit(1)
}
