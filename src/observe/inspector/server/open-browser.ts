import { spawn } from 'node:child_process'

/** Opens a URL in the browser of this machine, if it has one; says nothing if not. */
export function openBrowser(url: string): void {
  const commands: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
    darwin: ['open', url],
    // The empty title is for `start`, which takes the first quoted argument as one.
    win32: ['cmd', '/c', 'start', '', url.replaceAll('&', '^&')],
  }
  const [command, ...args] = commands[process.platform] ?? ['xdg-open', url]
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
