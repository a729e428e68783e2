/** What CRIU has to say in its logs, for people. */
const LINES_MOST = 3
/** It says so of itself each time, on hosts that are containers, and works all the same. */
const HARMLESS = /RLIMIT_NOFILE|Address already assigned|address already assigned/
/** These say only that others failed. */
const CONSEQUENCE = /FAILED|Unable to detach|Can't wait or bad status|cgroupd: recv req error|exited, status/

/** What it says of the commonest, which tells nobody anything; and what that means. */
const MEANINGS: readonly [RegExp, string][] = [
  [/send_fds failed \(-22\)/, 'a process holds a descriptor that cannot be saved, such as an io_uring'],
]

/** "(00.021363)      1: Error (criu/net.c:1737): net: couldn't restore …" */
const ERROR = /^(?:\([\d.]+\)|pie:)?\s*(?:\d+:)?\s*Error \([^)]*\): (.*)$/gm

/** The last errors of a log, one after the other; null when it has none. Pure. */
export function lastErrors(log: string): string | null {
  const found = [...log.matchAll(ERROR)].map(([, text = '']) => text.trim())
  const errors = found.filter((text) => !HARMLESS.test(text))
  const causes = errors.filter((text) => !CONSEQUENCE.test(text))
  const told = (causes.length > 0 ? causes : errors).slice(-LINES_MOST)
  const meant = MEANINGS.flatMap(([pattern, text]) => (pattern.test(log) ? [text] : []))
  return told.length === 0 ? null : [...meant, ...told].join('; ')
}
