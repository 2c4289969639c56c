import type { IncomingMessage, ServerResponse } from 'node:http'
import { rawServer } from '../../adapters/openai/server.ts'

/** The smallest picture. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)
export const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(60)])

type Answer = (response: ServerResponse, request: IncomingMessage) => void

/** A server of pictures on this machine, by path, and the paths that were asked for. */
export async function pictureServer(answers: Readonly<Record<string, Answer>>) {
  const asked: string[] = []
  const { access } = await rawServer((response, request) => {
    const path = request.url ?? ''
    asked.push(path)
    const answer = answers[path.split('?', 1)[0] ?? '']
    if (answer) answer(response, request)
    else response.writeHead(404).end('no such picture')
  })
  const { origin } = new URL(access.baseURL)
  return { origin, asked }
}

export const giving =
  (body: string | Uint8Array, headers: Record<string, string> = {}): Answer =>
  (response) =>
    response.writeHead(200, headers).end(body)

export const leading =
  (location: string, status = 302): Answer =>
  (response) =>
    response.writeHead(status, { location }).end()
