import { Problem } from '../../../lib/contract/problem.ts'
import { CRUN, container } from '../runtime/crun-names.ts'
import { execFiles, execProcess, killSession } from '../runtime/exec.ts'
import { loadRuntime } from '../runtime/load.ts'
import type { Sys } from '../sys/sys.ts'
import { wholeOutput } from './whole-output.ts'

/** The first shell that is there, as a login shell: it reads the profile of the VE's root. */
const SHELL_SCRIPT = `
cd
for SHELL in /bin/bash /bin/ash /bin/sh; do
  export SHELL
  [ ! -x "$SHELL" ] || exec "$SHELL" -l
done
`

/** A name that terminfo may be asked for; what a client says is not to reach a VE as it is. */
function terminalType(sys: Sys): string {
  const asked = sys.env('TERM') ?? ''
  return /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/.test(asked) ? asked : 'xterm-256color'
}

const HANGUP_MS = 500

/**
 * A hang-up reaches the shell and what it runs in the foreground from the kernel, as on every terminal. What ignores it is
 * killed, unless it left the shell's session, as services, screen and tmux do. A shell that ended by itself leaves its jobs behind.
 */
function sweep(sys: Sys, veid: number, leader: number): void {
  sys.sleep(HANGUP_MS)
  killSession(sys, veid, leader)
}

/**
 * crun joins the VE, makes a terminal of the VE's own and carries bytes, and the size, between the two. Ends with the shell, or
 * when this process's terminal is hung up.
 */
export function openConsole(sys: Sys, veid: number): () => void {
  if (loadRuntime().init(sys, veid) === null) {
    throw new Problem('ve-not-running', `VE ${veid} is not running.`)
  }
  const files = execFiles(sys, veid)
  const shell = ['/bin/sh', '-c', SHELL_SCRIPT]
  const process = execProcess(sys, veid, shell, { TERM: terminalType(sys) }, true)
  sys.write(files.process, JSON.stringify(process))
  return () => {
    const argv = [...CRUN, 'exec', `--process=${files.process}`, `--pid-file=${files.pid}`, container(veid)]
    const code = sys.runAttached(wholeOutput(argv), () => sweep(sys, veid, Number(sys.read(files.pid) ?? 0)))
    for (const path of Object.values(files)) sys.remove(path)
    sys.exit(code)
  }
}
