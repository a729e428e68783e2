import { HOST_PATHS } from '../../lib/contract/agent-protocol.ts'
import type { LabAgent } from './lab-agent.ts'

const STATE = '/run/tripwire'
const PLACE = '/usr/local/sbin'

/**
 * Instead of a program, on the host: runs it, but the n-th time kills the agent that has asked for it, just before or just after. It is
 * told which, when and how often by what is in STATE.
 */
const WIRE = `#!/bin/sh
name=\${0##*/}
program=/usr/bin/$name; [ -x "$program" ] || program=/usr/sbin/$name
cut() { rm ${STATE}; kill -9 $PPID; }
[ -e ${STATE} ] || exec "$program" "$@"
read -r which when left <${STATE}
grep -q '^qjs' /proc/$PPID/cmdline && [ "$which" = "$name" ] || exec "$program" "$@"
left=$((left - 1))
[ $left -gt 0 ] && { echo "$which $when $left" >${STATE}; exec "$program" "$@"; }
[ "$when" = before ] && { cut; exit 1; }
"$program" "$@"
code=$?
cut
exit $code
`

/** When the agent is killed: at the n-th time that it runs the program, before or after it. */
export type Cut = `${string} ${'before' | 'after'} ${number}`

/**
 * Kills the agent at exactly this point of what is asked of it. Gives whether that point was reached; what was asked has failed then, or
 * had ended.
 */
export async function cutAt(agent: LabAgent, cut: Cut, work: () => Promise<unknown>): Promise<boolean> {
  const [program = ''] = cut.split(' ')
  const wire = `${PLACE}/${program}`
  await agent.run(`cat >${wire} && chmod 755 ${wire} && echo '${cut}' >${STATE}`, WIRE)
  try {
    await work().catch(() => {})
    return (await agent.run(`test -e ${STATE} && echo there || echo gone`)) === 'gone\n'
  } finally {
    await agent.run(
      `rm -f ${wire} ${STATE}; while pgrep -f '^qjs --std ${HOST_PATHS.agent} call'; do sleep 0.01; done`,
    )
  }
}
