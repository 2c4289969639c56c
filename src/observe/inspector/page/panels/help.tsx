import type { App } from '../state/app.ts'
import { keyBindings } from '../state/key-bindings.ts'

export function Help({ app }: { app: App }) {
  const close = () => {
    app.help = false
    app.changed()
  }
  return (
    <div class="veil" onClick={close}>
      <div class="help" role="dialog" aria-label="Keys" onClick={(event) => event.stopPropagation()}>
        <h2>Keys</h2>
        <dl>
          {keyBindings.map(([key, what]) => (
            <div key={key}>
              <dt>
                {key.split(' ').map((one) => (
                  <kbd key={one}>{one}</kbd>
                ))}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <button onClick={close}>Close</button>
      </div>
    </div>
  )
}
