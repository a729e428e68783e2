/** Server-sent events: what changed, of what the viewer may see. Only that it changed; the page reads the rest itself. */

import type { Permission } from '../auth/permissions.ts'
import { can, type Viewer } from '../auth/viewer.ts'
import { Problem } from '../contract/problem.ts'
import type { CorralEvent, EVENT_TOPICS } from '../events/event.ts'
import { subscribe } from '../events/listen.ts'
import { log } from './log.ts'
import { requestViewer } from './request-viewer.ts'

const HEARTBEAT_MS = 15_000
/** How long a session that was ended may go on hearing that something changed. */
const RECHECK_MS = 30_000

type Topic = (typeof EVENT_TOPICS)[number]

const TOPIC_PERMISSION: Record<Topic, Permission | null> = {
  operation: 'operation:read',
  ve: 've:read',
  host: 'host:read',
  template: 'template:read',
  plan: 'plan:read',
  addresses: null,
  'host-group': null,
  'firewall-set': 've:read',
  audit: 'audit:read',
  setup: null,
}

const OFFERED: readonly Topic[] = ['template', 'plan', 'firewall-set']

/** Null (read everything again) is for everyone. */
export function mayHear(viewer: Viewer, event: CorralEvent | null): boolean {
  if (event === null || event.accountId === null) return true
  const permission = TOPIC_PERMISSION[event.topic]
  if (permission === null || can(viewer, permission, event.accountId)) return true
  // What is offered downwards, and so the news of it.
  const offered = viewer.memberships.some(({ ancestors }) => ancestors.includes(event.accountId ?? ''))
  return OFFERED.includes(event.topic) && offered
}

export type StreamTimes = { heartbeatMs?: number; recheckMs?: number }

/**
 * A stream of unnamed events whose data is a CorralEvent, or `null` when some may have been missed. Throws
 * `unauthenticated`. Ends when the request is aborted or the viewer's session (or key) is not valid any more.
 */
export async function eventStream(request: Request, times: StreamTimes = {}): Promise<Response> {
  let viewer = await requestViewer(request)
  const encoder = new TextEncoder()
  let close = () => {}
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text))
      const timers: ReturnType<typeof setInterval>[] = []
      let unsubscribe = () => {}
      let open = true
      close = () => {
        if (!open) return
        open = false
        for (const timer of timers) clearInterval(timer)
        unsubscribe()
        request.signal.removeEventListener('abort', close)
        try {
          controller.close()
        } catch {
          // The reader is gone already.
        }
      }
      request.signal.addEventListener('abort', close)
      send(': connected\nretry: 2000\n\n')
      const stop = await subscribe((event) => {
        if (open && mayHear(viewer, event)) send(`data: ${JSON.stringify(event)}\n\n`)
      })
      unsubscribe = stop
      if (!open || request.signal.aborted) {
        stop()
        return close()
      }
      // Whatever the reader has on screen was read before this stream could tell of changes to it.
      send('data: null\n\n')
      timers.push(setInterval(() => send(': beat\n\n'), times.heartbeatMs ?? HEARTBEAT_MS))
      const recheck = () =>
        requestViewer(request).then(
          (fresh) => {
            viewer = fresh
          },
          (error) => {
            // A database that is away for a moment ends no session.
            if (error instanceof Problem) close()
            else log.warn({ err: error }, 'event stream: the session could not be checked')
          },
        )
      timers.push(setInterval(() => void recheck(), times.recheckMs ?? RECHECK_MS))
    },
    cancel() {
      close()
    },
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
