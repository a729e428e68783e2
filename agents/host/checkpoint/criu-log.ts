/** What CRIU has to say in its logs, for people. */
const LINES_MOST = 3
/** It says so of itself each time, on hosts that are containers, and works all the same. */
const HARMLESS = /RLIMIT_NOFILE|Address already assigned|address already assigned/
/** These say only that others failed. */
const CONSEQUENCE = /FAILED|Can't wait or bad status|cgroupd: recv req error|exited, status/

/** "(00.021363)      1: Error (criu/net.c:1737): net: couldn't restore …" */
const ERROR = /^\([\d.]+\)\s*(?:\d+:)?\s*Error \([^)]*\): (.*)$/gm

/** The last errors of a log, one after the other; null when it has none. Pure. */
export function lastErrors(log: string): string | null {
  const found = [...log.matchAll(ERROR)].map(([, text = '']) => text.trim())
  const errors = found.filter((text) => !HARMLESS.test(text))
  const causes = errors.filter((text) => !CONSEQUENCE.test(text))
  const told = (causes.length > 0 ? causes : errors).slice(-LINES_MOST)
  return told.length === 0 ? null : told.join('; ')
}
