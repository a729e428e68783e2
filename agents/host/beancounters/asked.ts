/**
 * What no file tells, only programs in the VE's network namespace: its packet filter's rules, and what waits in local sockets. So it is
 * asked of one VE at a time. The programs are the host's, bounded: what they list is the VE's, and may be endless.
 */
import type { Sys } from '../sys/sys.ts'

export type Asked = { rules: number; localSendBytes: number }

export const NOTHING_ASKED: Asked = { rules: 0, localSendBytes: 0 }

/** Of CPU time: a list from the kernel is not waited for. */
const SECONDS_MOST = 3
const BYTES_MOST = 8 * 1024 * 1024
const MEMORY_MOST = 512 * 1024 * 1024

const inNetworkOf = (initPid: number, argv: readonly string[]) => [
  ...['prlimit', `--as=${MEMORY_MOST}`, `--cpu=${SECONDS_MOST}`, `--fsize=${BYTES_MOST}`],
  ...['nsenter', `--net=/proc/${initPid}/ns/net`, ...argv],
]

/** Pure: rules in what `nft -j list ruleset` prints. A comment that says the like adds to who wrote it. */
export function countRules(printed: string): number {
  let count = 0
  for (let at = printed.indexOf('{"rule": {'); at >= 0; at = printed.indexOf('{"rule": {', at + 1)) count += 1
  return count
}

/** As the kernel gives it; sockets have names that their programs choose, which may have lines in them. */
const BYTES = /^\d{1,10}$/

/** Pure: bytes in the fourth column of `ss -xaHn`; of a listening socket it is how many may wait to be accepted. */
export function localSendBytes(printed: string): number {
  let sum = 0
  for (const line of printed.split('\n')) {
    const [, state, , send] = line.split(/\s+/, 4)
    if (state !== 'LISTEN' && send !== undefined && BYTES.test(send)) sum += Number(send)
  }
  return sum
}

/** As before where it cannot be told. */
export function ask(sys: Sys, initPid: number, before: Asked): Asked {
  const rules = sys.run(inNetworkOf(initPid, ['nft', '-j', '-t', 'list', 'ruleset']))
  const sockets = sys.run(inNetworkOf(initPid, ['ss', '-xaHn']))
  return {
    rules: rules.code === 0 ? countRules(rules.stdout) : before.rules,
    localSendBytes: sockets.code === 0 ? localSendBytes(sockets.stdout) : before.localSendBytes,
  }
}
