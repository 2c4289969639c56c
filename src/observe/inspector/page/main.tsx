import { render } from 'preact'
import { parseJournal } from '../journal/parse-journal.ts'
import { ChartView } from './chart/chart-view.ts'
import { Page } from './panels/page.tsx'
import { App } from './state/app.ts'
import { connect } from './state/connect.ts'
import { listenToKeys } from './state/key-bindings.ts'
import { listenToDrops } from './state/export.ts'
import { restoreTheme } from './state/theme.ts'
import './style/base.css'
import './style/chart.css'
import './style/form.css'
import './style/panels.css'
import './style/timeline.css'

const app = new App()
const chart = new ChartView(app)
const root = document.querySelector('#app')
let paints = 0
const embedded = document.querySelector('#journal')?.textContent

function paint(): void {
  if (!root) return
  const started = performance.now()
  render(<Page app={app} chart={chart} />, root)
  chart.paint()
  // Shows up in the browser's own profiler, and in the test of how smooth it is.
  performance.measure('tinyllm:paint', { start: started })
  if (++paints % 1000 === 0) performance.clearMeasures('tinyllm:paint')
}

restoreTheme()
app.onChange(paint)
listenToKeys(app, chart)
listenToDrops(app)
paint()
if (embedded)
  app.open(
    parseJournal(
      embedded.startsWith('[') ? `<script type="application/json" id="journal">${embedded}</script>` : embedded,
    ),
  )
else connect(app)
// Times go on although nothing happens.
setInterval(() => app.ticking && app.changed(), 200)
