/**
 * The files of a template cache, taken out of its image: what drivers without images make VEs from. Made for the first of them, kept
 * beside the image, never changed. Nothing of a cache is run: its files are only copied.
 */
import { HOST_PATHS, type TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import { cacheImage } from '../paths.ts'
import { ensureDirectory } from '../sys/files.ts'
import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'
import { isSubvolume } from './subvolume.ts'

export type TreeKind = 'tree' | 'subvolume'

/** Also what an agent that was killed left half made. */
const SUFFIX = /^\.[0-9a-f]{16}\.(tree|subvolume)(\.\d+\.new)?$/

/**
 * With mount(8)'s arguments and the tree to fill: in a mount namespace of its own, so that nothing stays mounted whenever this ends.
 * What is copied keeps owners, links, holes, attributes and file capabilities; blocks are shared where they can be.
 */
const COPY = `
set -eu
target=$1
at=$2
shift 2
mount "$@" "$at"
exec cp -a --reflink=auto "$at/." "$target/"
`

/**
 * Copies what mount(8) finds with these words into an empty directory. The ids come as the mount shows them. A slave: what is unmounted
 * meanwhile on the host goes here, too, and is no longer held.
 */
export function copyMounted(sys: Sys, mountWords: readonly string[], target: string): void {
  ensureDirectory(sys, HOST_PATHS.run, 0o711)
  const apart = ['unshare', '--mount', '--propagation', 'slave']
  mustRun(sys, [...apart, 'sh', '-c', COPY, 'copy', target, HOST_PATHS.run, ...mountWords])
}

/** For mount(8): the image of a cache, to be read. */
export function mountCache(cache: string, ...options: string[]): string[] {
  const how = ['loop', 'ro', 'noload', 'nodev', 'nosuid', 'noexec', ...options].join(',')
  return ['-t', 'ext4', '-o', how, cacheImage(cache)]
}

function pathOf(cache: TemplateCache, kind: TreeKind): string {
  const digest = cache.digest.slice('sha256:'.length, 'sha256:'.length + 16)
  return `${HOST_PATHS.templateCache}/${cache.cache}.${digest}.${kind}`
}

const MAKE: Record<TreeKind, readonly string[]> = {
  tree: ['mkdir', '-m', '700'],
  subvolume: ['btrfs', '-q', 'subvolume', 'create'],
}

/** Of two that make it at once, one is kept. It is on the disk before it takes the name. */
export function cacheTree(sys: Sys, cache: TemplateCache, kind: TreeKind): string {
  const path = pathOf(cache, kind)
  if (sys.stat(path) !== null) return path
  const temporary = `${path}.${sys.pid}.new`
  removeTree(sys, temporary)
  try {
    mustRun(sys, [...MAKE[kind], temporary])
    copyMounted(sys, mountCache(cache.cache), temporary)
    mustRun(sys, ['sync', '--file-system', temporary])
    if (sys.stat(path) === null) mustRun(sys, ['mv', '--no-target-directory', temporary, path])
  } finally {
    removeTree(sys, temporary)
  }
  return path
}

/** Of a cache, which nobody could change since it was copied. */
function removeTree(sys: Sys, path: string): void {
  if (sys.stat(path) === null) return
  mustRun(
    sys,
    isSubvolume(sys, path)
      ? ['btrfs', '-q', 'subvolume', 'delete', path]
      : ['rm', '-rf', '--one-file-system', path],
  )
}

/** All of a cache by that name, whatever its content was. */
export function removeCacheTrees(sys: Sys, cache: string): void {
  for (const name of sys.list(HOST_PATHS.templateCache)) {
    if (!name.startsWith(cache) || !SUFFIX.test(name.slice(cache.length))) continue
    removeTree(sys, `${HOST_PATHS.templateCache}/${name}`)
  }
}
