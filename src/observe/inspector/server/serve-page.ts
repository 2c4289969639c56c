import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AccessGuard } from './access-guard.ts'
import { packageFolder } from './package-folder.ts'

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
}
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
}
const files = new Map<string, Buffer>()

/** Answers with a file of the page; the page itself holds no data. */
export function servePage(guard: AccessGuard, request: IncomingMessage, response: ServerResponse): void {
  const say = (status: number, text: string) =>
    response.writeHead(status, { ...HEADERS, 'content-type': CONTENT_TYPES.txt }).end(`${text}\n`)
  if (!guard.host(request))
    return void say(403, 'This server answers only to its own address. Open the URL that it printed.')
  if (!guard.origin(request)) return void say(403, 'Pages of other origins may not read this one.')
  if (request.method !== 'GET' && request.method !== 'HEAD') return void say(405, 'Only GET and HEAD are allowed here.')
  const folder = packageFolder()
  const pages = folder && new URL('dist/inspector/page/', folder)
  const path = (request.url ?? '/').split(/[?#]/)[0]
  const name = path === '/' ? 'index.html' : (path ?? '').slice(1)
  if (!pages || !existsSync(new URL('index.html', pages)))
    return void say(503, 'The page of the inspector is not built. Run "npm run build" in the repository of tinyllm.')
  const file = readPageFile(pages, name)
  if (!file) return void say(404, 'There is no such page here.')
  response.writeHead(200, {
    ...HEADERS,
    'content-type': CONTENT_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream',
  })
  response.end(request.method === 'HEAD' ? undefined : file)
}

/** Names are plain, so that none leads out of the folder. */
function readPageFile(folder: URL, name: string): Buffer | undefined {
  if (!/^(assets\/)?[\w-]+(\.[\w-]+)*$/.test(name)) return undefined
  const known = files.get(name)
  if (known) return known
  const file = new URL(name, folder)
  if (!existsSync(file)) return undefined
  const content = readFileSync(file)
  files.set(name, content)
  return content
}
