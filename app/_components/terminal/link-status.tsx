import type { TerminalKind } from '@/lib/contract/agent-protocol.ts'
import { PROBLEMS } from '@/lib/contract/problem-kinds.ts'
import { TERMINAL_END } from '@/lib/terminals/ends.ts'
import { StateBadge } from '../../_ui/badge.tsx'
import type { Tone } from '../../_ui/tone.ts'
import type { LinkState } from './terminal-link.ts'

const LOOK: Record<LinkState['at'], { tone: Tone; word: string }> = {
  opening: { tone: 'busy', word: 'Connecting' },
  open: { tone: 'positive', word: 'Connected' },
  away: { tone: 'caution', word: 'Reconnecting' },
  ended: { tone: 'neutral', word: 'Ended' },
}

/** How it stands with the connection, in a word. */
export function LinkStatus({ state }: { state: LinkState }) {
  const { tone, word } = LOOK[state.at]
  return (
    <span role="status">
      <StateBadge tone={tone}>{word}</StateBadge>
    </span>
  )
}

const LOG_ENDED = { title: 'The log has ended.', next: 'It goes on when the VE runs again.' }

/** Why there is no connection now, in sentences; null while there is one. */
export function linkTrouble(
  state: LinkState,
  kind: TerminalKind = 'console',
): { title: string; detail: string | null; next: string; tone: Tone } | null {
  if (state.at === 'away') {
    if (state.why !== null) return { ...TERMINAL_END[state.why], detail: null, tone: 'caution' }
    const next = 'It is tried again by itself; what ran in it goes on for a minute.'
    return { title: 'The connection was cut.', detail: null, next, tone: 'caution' }
  }
  if (state.at !== 'ended') return null
  const { reason, problem } = state
  const said = kind === 'boot-log' && reason === 'exited' ? LOG_ENDED : TERMINAL_END[reason]
  const next = problem ? PROBLEMS[problem.code].next : said.next
  const tone = problem || reason === 'host-lost' ? 'danger' : 'neutral'
  return { title: said.title, detail: problem?.detail ?? null, next, tone }
}
