/** Hands messages on between two WebSockets, unread; who cannot take more holds up the other side. */
import type { RawData, WebSocket } from 'ws'

const BEFORE_HOLDING_UP = 256 * 1024
/** When the worker goes without a word, the browser is to come back: RFC 6455's code for a service that restarts. */
const RESTARTING = 1012

/** Both may be paused; they are resumed here. The end of one is the end of the other. */
export function joinSockets(browser: WebSocket, worker: WebSocket): void {
  pass(browser, worker)
  pass(worker, browser)
  browser.on('close', () => worker.close())
  worker.on('error', () => {}) // 'close' follows
  worker.on('close', (code) => {
    browser.resume()
    browser.close(code === 1000 ? 1000 : RESTARTING)
  })
  if (browser.readyState !== browser.OPEN) worker.close()
  browser.resume()
  worker.resume()
}

function pass(from: WebSocket, to: WebSocket): void {
  from.on('message', (data: RawData, binary: boolean) => {
    if (to.readyState !== to.OPEN) return
    to.send(data, { binary }, () => {
      if (from.isPaused && to.bufferedAmount <= BEFORE_HOLDING_UP) from.resume()
    })
    if (to.bufferedAmount > BEFORE_HOLDING_UP) from.pause()
  })
}
