import { HOST_PATHS, type TemplateCache } from '../../../lib/contract/agent-protocol.ts'
import { Problem } from '../../../lib/contract/problem.ts'
import { cacheImage, cacheRecord } from '../paths.ts'
import { readJson } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'

export function findCache(sys: Sys, cache: string): TemplateCache | null {
  const record = readJson<TemplateCache>(sys, cacheRecord(cache))
  return record !== null && sys.stat(cacheImage(cache)) !== null ? record : null
}

/** The cache with exactly that content. Throws `template-not-ready`. */
export function getCache(sys: Sys, cache: string, digest: string): TemplateCache {
  const found = findCache(sys, cache)
  if (found === null) throw new Problem('template-not-ready', `The cache ${cache} is not on this host.`)
  if (found.digest !== digest) {
    throw new Problem('template-not-ready', `The cache ${cache} on this host was built anew since.`, {
      context: { wanted: digest, found: found.digest },
    })
  }
  return found
}

export function listCaches(sys: Sys): TemplateCache[] {
  return sys
    .list(HOST_PATHS.templateCache)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => findCache(sys, name.slice(0, -'.json'.length)) ?? [])
}
