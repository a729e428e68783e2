import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { debianSources, throughCache } from './apt-sources.ts'
import { builtOnce } from './built-once.ts'
import { makeCgroups, removeCgroups } from './cgroups.ts'
import { run } from './command.ts'
import { inCgroups } from './lab-process.ts'
import type { PackageSet } from './lab-state.ts'
import { oldLxcfsOptions } from './old-lxcfs.ts'
import { INIT_PACKAGE, PACKAGES } from './package-sets.ts'

/** The suite whose crun and CRIU work on the kernels of Debian 12 and 13 and newer ones. */
const SUITE = 'forky'
/** Raise it when what this file does to a root changes, so that cached ones are not taken for new ones. */
const VERSION = 1
/** Loop devices that a lab host has nodes for; there are no more on the machine than all labs use together. */
const LOOP_NODES = 1024

const APT_OPTIONS = ['Acquire::Check-Valid-Until "false"', 'Acquire::Check-Date "false"']

export type LabRootRequest = {
  cacheDir: string
  packages: PackageSet
  proxy: string
  /** The lab's own, below which the build has one: lowering the lab ends it. */
  labCgroups: readonly string[]
  signal?: AbortSignal
  /** Told how far it is. */
  say: (detail: string) => void
}

export function labRootPath(cacheDir: string, packages: PackageSet): string {
  const content = JSON.stringify([
    VERSION,
    SUITE,
    process.arch,
    PACKAGES[packages],
    LOOP_NODES,
    oldLxcfsOptions(packages).length,
  ])
  const key = createHash('sha256').update(content).digest('hex').slice(0, 12)
  return path.join(cacheDir, 'roots', `${SUITE}-${packages}-${key}`)
}

/**
 * The Debian userland that hosts share, below their overlays: `tree/`, and `loop-nodes/` for their /dev. Built once per
 * content.
 */
export async function ensureLabRoot(request: LabRootRequest): Promise<string> {
  const root = labRootPath(request.cacheDir, request.packages)
  return builtOnce(root, (unfinished) => build(unfinished, request), request.signal)
}

async function build(
  dir: string,
  { packages, proxy, labCgroups, signal, say }: LabRootRequest,
): Promise<void> {
  chmodSync(dir, 0o755)
  const tree = path.join(dir, 'tree')
  const mirror = throughCache(debianSources().archive)
  const mmdebstrap = [
    ...['mmdebstrap', '--mode=root', '--variant=minbase'],
    ...APT_OPTIONS.map((option) => `--aptopt=${option}`),
    `--include=${PACKAGES[packages].join(',')}`,
    ...oldLxcfsOptions(packages),
    ...[SUITE, tree, mirror],
  ]
  const cgroups = makeCgroups(labCgroups, 'build')
  try {
    await run(inCgroups(cgroups, mmdebstrap), {
      signal,
      env: { http_proxy: proxy, LAB_MIRROR: mirror },
      onLine: (line) => /^I: .*\.\.\.$/.test(line) && say(line.slice('I: '.length)),
    })
  } finally {
    // It may have been stopped with some of its children still at work.
    await removeCgroups(cgroups)
  }
  await makeServer(tree, packages, signal)
  await makeLoopNodes(path.join(dir, 'loop-nodes'), signal)
}

/** Turns a bare tree into one that boots to an sshd which takes root's password, as a rented server's does. */
async function makeServer(tree: string, packages: PackageSet, signal?: AbortSignal): Promise<void> {
  const at = (file: string) => path.join(tree, file)
  // busybox's init reaps orphans and keeps sshd up; no systemd is needed for that.
  copyFileSync(at('usr/bin/busybox'), at('usr/sbin/init'))
  if (packages === 'bare') await run(['chroot', tree, 'dpkg', '--purge', INIT_PACKAGE], { signal })
  writeFileSync(at('etc/inittab'), '::sysinit:/bin/true\n::respawn:/usr/sbin/sshd -D -E /var/log/sshd.log\n')
  writeFileSync(
    at('etc/ssh/sshd_config.d/lab.conf'),
    'PermitRootLogin yes\nPasswordAuthentication yes\nUseDNS no\n',
  )
  for (const file of readdirSync(at('etc/ssh')))
    if (file.startsWith('ssh_host_')) rmSync(at(`etc/ssh/${file}`))
  for (const file of ['etc/machine-id', 'etc/resolv.conf', 'etc/hostname']) {
    rmSync(at(file), { force: true })
    writeFileSync(at(file), '')
  }
}

/** A host's /dev is its own, so the nodes that the kernel makes in this machine's /dev do not show up there. */
async function makeLoopNodes(dir: string, signal?: AbortSignal): Promise<void> {
  mkdirSync(dir)
  const numbers = Array.from({ length: LOOP_NODES }, (_, minor) => minor)
  for (const minor of numbers)
    await run(['mknod', '--mode=0660', path.join(dir, `loop${minor}`), 'b', '7', String(minor)], { signal })
}
