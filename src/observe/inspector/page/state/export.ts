import { parseJournal } from '../../journal/parse-journal.ts'
import type { App } from './app.ts'

/** Hands the shown run over as a file of JSON lines. */
export function exportJournal(app: App): void {
  const { journal, view } = app
  if (!journal || !view) return
  save(
    `${view.name}-${view.run}.jsonl`,
    'application/jsonl',
    `${journal.lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
  )
}

/** Hands the shown run over as one HTML file: this page with the journal in it, which needs no server and no network. */
export async function exportHtml(app: App): Promise<void> {
  const { journal, view } = app
  if (!journal || !view) return
  try {
    const [script, style] = await Promise.all([readPart('script'), readPart('style')])
    // What stands in a script element must not end it.
    const data = JSON.stringify(journal.lines).replaceAll('<', String.raw`\u003c`)
    save(`${view.name}-${view.run}.html`, 'text/html', pageOf(escape(view.name), style, script, data))
  } catch {
    app.notice = 'The page could not be read again, because its server is gone. Export the journal instead.'
    app.changed()
  }
}

/** Shows what is in a file that one of these two has made. */
export async function openFile(app: App, file: File | undefined): Promise<void> {
  if (!file) return
  try {
    app.open(parseJournal(await file.text()))
    app.notice = undefined
  } catch (error) {
    app.notice = error instanceof Error ? error.message : String(error)
  }
  app.changed()
}

/** A file may be dropped anywhere on the page. */
export function listenToDrops(app: App): void {
  addEventListener('dragover', (event) => event.preventDefault())
  addEventListener('drop', (event) => {
    event.preventDefault()
    void openFile(app, event.dataTransfer?.files[0])
  })
}

const csp = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"

const pageOf = (name: string, style: string, script: string, journal: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} · tinyllm inspector</title>
<link rel="icon" href="data:,">
<style data-part="style">${style}</style>
</head>
<body>
<div id="app"></div>
<script type="application/json" id="journal">${journal}</script>
<script type="module" data-part="script">${script.replaceAll('</script', String.raw`<\/script`)}</script>
</body>
</html>
`

/** The text of the page's own script or style: from the server, or from the exported file that this is. */
async function readPart(part: 'script' | 'style'): Promise<string> {
  const own = document.querySelector(`[data-part=${part}]`)?.textContent
  if (own) return own
  const link = document.querySelector<HTMLScriptElement & HTMLLinkElement>(
    part === 'script' ? 'script[src]' : 'link[rel=stylesheet]',
  )
  const response = await fetch((part === 'script' ? link?.src : link?.href) ?? '')
  if (!response.ok) throw new Error(`status ${response.status}`)
  return response.text()
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  const link = Object.assign(document.createElement('a'), { href: url, download: name.replaceAll(/[^\w.-]+/g, '-') })
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
