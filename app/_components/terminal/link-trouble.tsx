import type { TerminalKind } from '@/lib/contract/agent-protocol.ts'
import { Button } from '../../_ui/button.tsx'
import { Callout } from '../../_ui/callout.tsx'
import { linkTrouble } from './link-status.tsx'
import type { LinkState } from './terminal-link.ts'

/** What happened to the connection, and the button that mends it. Nothing while all is well. */
export function LinkTrouble({
  state,
  kind,
  onReconnect,
}: {
  state: LinkState
  kind?: TerminalKind
  onReconnect: () => void
}) {
  const trouble = linkTrouble(state, kind)
  if (!trouble) return null
  return (
    <div className="p-2">
      <Callout tone={trouble.tone} role="status">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <div className="min-w-0 flex-1 basis-64">
            <p className="font-semibold">{trouble.title}</p>
            {trouble.detail ? <p>{trouble.detail}</p> : null}
            <p className="text-content-muted">{trouble.next}</p>
          </div>
          <Button look="primary" onClick={onReconnect}>
            Reconnect
          </Button>
        </div>
      </Callout>
    </div>
  )
}
