/** Makes a VE's files say who it is: name, addresses, name servers, root's password and keys. */
import type { VeGuestAccess, VeSpec } from '../../../lib/contract/ve-spec.ts'
import { cacheSeen, vePaths } from '../paths.ts'
import { readJson, replaceFile } from '../sys/files.ts'
import type { Started, Sys } from '../sys/sys.ts'
import { type GuestRoot, readGuest, startWriting, startWritingClone, writeGuest } from './guest-io.ts'
import type { GuestEntry, GuestTree } from './guest-tree.ts'
import type { HostKey } from './host-key.ts'
import { hashPassword } from './password-hash.ts'
import { planGuest } from './plan.ts'
import type { GuestWish } from './wish.ts'

/** The host mounts a VE's root with the VE's ids; one that shares the host's users has theirs. */
export function guestRoot(spec: Pick<VeSpec, 'veid' | 'idBase' | 'namespaces'>): GuestRoot {
  return { path: vePaths(spec.veid).root, idBase: spec.namespaces.includes('user') ? spec.idBase : 0 }
}

function wishOf(sys: Sys, spec: VeSpec, access: Partial<VeGuestAccess>, hostKey: HostKey | null): GuestWish {
  return {
    hostname: spec.hostname,
    interfaces: spec.interfaces,
    networkDevices: spec.networkDevices,
    dns: spec.dns,
    passwordHash: access.rootPassword === undefined ? null : hashPassword(sys, access.rootPassword),
    sshKeys: access.sshKeys ?? null,
    hostKey,
    fresh: hostKey !== null,
    newMachine: hostKey !== null,
  }
}

/** The template's cache that a root was cloned from. */
export type ClonedFrom = { cache: string; digest: string }
type Seen = { digest: string; tree: [string, GuestEntry][] }

/**
 * Into the attached root of a fresh clone; goes on until it is waited for. All clones of a cache look alike: what was seen in
 * the first spares the others the look.
 */
export function startGuestSetUp(
  sys: Sys,
  spec: VeSpec,
  access: VeGuestAccess,
  hostKey: HostKey,
  from: ClonedFrom,
): Started {
  const root = guestRoot(spec)
  const tree = seenBefore(sys, from) ?? see(sys, root, from)
  return startWritingClone(sys, root, planGuest(tree, wishOf(sys, spec, access, hostKey)))
}

/**
 * Into the attached root of a copy of a VE that has lived: what its owner made of it stays, keys and password too where no others are
 * given. Without `hostKey` it goes on being the machine that it was.
 */
export function startCloneSetUp(
  sys: Sys,
  spec: VeSpec,
  { rootPassword, sshKeys }: VeGuestAccess,
  hostKey: HostKey | null,
): Started {
  const root = guestRoot(spec)
  const access = {
    ...(rootPassword === undefined ? {} : { rootPassword }),
    ...(sshKeys.length > 0 ? { sshKeys } : {}),
  }
  const wish = { ...wishOf(sys, spec, access, hostKey), fresh: false }
  const changes = planGuest(readGuest(sys, root), wish)
  return hostKey === null ? startWriting(sys, root, changes) : startWritingClone(sys, root, changes)
}

/** Into the attached root of a VE that has lived, running or not: only what differs is written, the rest is its owner's. */
export function updateGuest(sys: Sys, spec: VeSpec, access: Partial<VeGuestAccess> = {}): void {
  const root = guestRoot(spec)
  writeGuest(sys, root, planGuest(readGuest(sys, root), wishOf(sys, spec, access, null)))
}

function seenBefore(sys: Sys, { cache, digest }: ClonedFrom): GuestTree | null {
  const seen = readJson<Seen>(sys, cacheSeen(cache))
  return seen?.digest === digest ? new Map(seen.tree) : null
}

function see(sys: Sys, root: GuestRoot, { cache, digest }: ClonedFrom): GuestTree {
  const tree = readGuest(sys, root)
  replaceFile(sys, cacheSeen(cache), JSON.stringify({ digest, tree: [...tree] } satisfies Seen))
  return tree
}
