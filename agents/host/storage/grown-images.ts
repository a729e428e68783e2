/**
 * A template cache grown to sizes that VEs were made with, kept beside it as block-sharing copies: growing an image costs
 * several flushes of the disk, and most VEs come in a few sizes.
 */
import { HOST_PATHS, type TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import type { Sys } from '../sys/sys.ts'

/** Also what an agent that was killed left half made. */
const SUFFIX = /^\.[0-9a-f]{16}\.\d+\.grown(\.\d+\.new)?$/
/** Sizes are what customers ask for: without a bound they would fill the host's disk. */
const SIZES_MOST = 8

function grownImage(cache: TemplateCache, sizeBytes: number): string {
  const digest = cache.digest.slice('sha256:'.length, 'sha256:'.length + 16)
  return `${HOST_PATHS.templateCache}/${cache.cache}.${digest}.${sizeBytes}.grown`
}

export function findGrown(sys: Sys, cache: TemplateCache, sizeBytes: number): string | null {
  const path = grownImage(cache, sizeBytes)
  return sys.stat(path) === null ? null : path
}

/** Only where the copy takes no space, and the first few sizes; otherwise there is none, and the next VE of that size is grown again. */
export function keepGrown(sys: Sys, cache: TemplateCache, sizeBytes: number, from: string): void {
  if (grownOf(sys, cache.cache).length >= SIZES_MOST) return
  const path = grownImage(cache, sizeBytes)
  const temporary = `${path}.${sys.pid}.new`
  if (sys.run(['cp', '--reflink=always', from, temporary]).code === 0) sys.rename(temporary, path)
  else sys.remove(temporary)
}

/** All of a cache by that name, whatever its content was. */
export function removeGrown(sys: Sys, cache: string): void {
  for (const name of grownOf(sys, cache)) sys.remove(`${HOST_PATHS.templateCache}/${name}`)
}

function grownOf(sys: Sys, cache: string): string[] {
  return sys
    .list(HOST_PATHS.templateCache)
    .filter((name) => name.startsWith(cache) && SUFFIX.test(name.slice(cache.length)))
}
