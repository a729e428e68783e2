import type { VeSpec } from '../../lib/contract/ve-spec.ts'
import type { Sys } from './sys/sys.ts'

/** Whoever waits for a VE's own FUSE file system must not hold up the host. */
const SECONDS_MOST = '5'

/**
 * Runs a script of busybox's shell as the root of a running VE, in its own user, mount and pid namespaces: whatever is found at a
 * path there can do no more than that root. False when it failed or took too long. Not done for a VE that shares the host's users,
 * whose root is the host's.
 */
export function runInside(
  sys: Sys,
  { namespaces }: Pick<VeSpec, 'namespaces'>,
  initPid: number,
  script: string,
  words: readonly string[],
): boolean {
  if (!namespaces.includes('user')) return false
  const enter = [
    '-t',
    String(initPid),
    '-U',
    '-m',
    ...(namespaces.includes('pid') ? ['-p'] : []),
    '-S',
    '0',
    '-G',
    '0',
  ]
  const argv = [
    'timeout',
    '-k',
    '1',
    SECONDS_MOST,
    'busybox',
    'nsenter',
    ...enter,
    'sh',
    '-c',
    script,
    'sh',
    ...words,
  ]
  return sys.run(argv).code === 0
}
