/** Files that every distribution has in the same place: pure, each gives the whole new text. */
import type { GuestChange, GuestTree } from './guest-tree.ts'
import { isDirectory, textOf } from './guest-tree.ts'
import type { GuestWish } from './wish.ts'

const BEGIN = '# BEGIN Corral: lines up to END are kept by the host'
const END = '# END Corral'

/** `text` with our block in it: where it was, or at the end. The owner's own lines stay. */
export function withBlock(text: string, lines: readonly string[]): string {
  const block = [BEGIN, ...lines, END].join('\n')
  const kept = text.split('\n')
  const from = kept.indexOf(BEGIN)
  const to = kept.indexOf(END, from)
  if (from >= 0 && to > from) return [...kept.slice(0, from), block, ...kept.slice(to + 1)].join('\n')
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return `${before}${block}\n`
}

function names(hostname: string): string {
  const short = hostname.split('.')[0] ?? hostname
  return short === hostname ? short : `${hostname} ${short}`
}

const LOCALHOST = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n'

/** Lines of 127.0.1.1 in a template name the machine it was made on. */
export function hostsFile(tree: GuestTree, wish: GuestWish): GuestChange {
  const addresses = wish.interfaces.flatMap((each) => each.addresses)
  const own = addresses.length > 0 ? addresses : ['127.0.1.1']
  const there = textOf(tree, 'etc/hosts') ?? LOCALHOST
  const before = wish.fresh ? there.replaceAll(/^127\.0\.1\.1[ \t].*\n/gm, '') : there
  const lines = own.map((address) => `${address} ${names(wish.hostname)}`)
  return { path: 'etc/hosts', text: withBlock(before, lines), mode: 0o644 }
}

/** Without name servers the VE's own file stays: it may have a resolver of its own. */
export function resolvFile(tree: GuestTree, { dns, fresh }: GuestWish): GuestChange[] {
  if (dns.servers.length === 0 && dns.search.length === 0 && !fresh) {
    const ours = textOf(tree, 'etc/resolv.conf')?.startsWith(RESOLV_HEAD) ?? false
    return ours ? [{ path: 'etc/resolv.conf', text: `${RESOLV_HEAD}\n`, mode: 0o644 }] : []
  }
  const search = dns.search.length > 0 ? [`search ${dns.search.join(' ')}`] : []
  const lines = [RESOLV_HEAD, ...search, ...dns.servers.map((server) => `nameserver ${server}`), '']
  return [{ path: 'etc/resolv.conf', text: lines.join('\n'), mode: 0o644 }]
}
const RESOLV_HEAD = '# Kept by the host.'

export function hostnameFile({ hostname }: GuestWish): GuestChange {
  return { path: 'etc/hostname', text: `${hostname}\n`, mode: 0o644 }
}

/** Empty: systemd and D-Bus make one of their own at the first boot (machine-id(5)). */
export function machineIdFile(tree: GuestTree, { newMachine }: GuestWish): GuestChange[] {
  return newMachine && tree.has('etc/machine-id') ? [{ path: 'etc/machine-id', text: '', mode: 0o644 }] : []
}

/** /etc/shadow with root's second field replaced (shadow(5)); without such a file or line there is no root to have a password. */
export function shadowFile(tree: GuestTree, { passwordHash }: GuestWish): GuestChange[] {
  const text = textOf(tree, 'etc/shadow')
  if (passwordHash === null || text === null) return []
  const replaced = text.replace(/^root:[^:\n]*/m, () => `root:${passwordHash}`)
  return [{ path: 'etc/shadow', text: replaced, mode: 'kept' }]
}

export function authorizedKeysFile({ sshKeys, fresh }: GuestWish): GuestChange[] {
  if (sshKeys === null || (fresh && sshKeys.length === 0)) return []
  const text = sshKeys.map((key) => `${key}\n`).join('')
  return [{ path: 'root/.ssh/authorized_keys', text, mode: 0o600 }]
}

const ROOT_LOGIN = 'PermitRootLogin yes'

/**
 * Most sshd let root in by key only; who sets a password means to use it. Of several lines sshd(8) heeds the first, so ours goes to
 * the front: of the drop-ins where there are such, else of the file.
 */
export function sshdFile(tree: GuestTree, { passwordHash }: GuestWish): GuestChange[] {
  if (passwordHash === null) return []
  if (isDirectory(tree, 'etc/ssh/sshd_config.d')) {
    return [{ path: 'etc/ssh/sshd_config.d/00-corral.conf', text: `${ROOT_LOGIN}\n`, mode: 0o644 }]
  }
  const text = textOf(tree, 'etc/ssh/sshd_config')
  if (text === null || text.startsWith(`${ROOT_LOGIN}\n`)) return []
  return [{ path: 'etc/ssh/sshd_config', text: `${ROOT_LOGIN}\n${text}`, mode: 'kept' }]
}

/** Where an sshd is. */
export function hostKeyFiles(tree: GuestTree, { hostKey }: GuestWish): GuestChange[] {
  if (hostKey === null || textOf(tree, 'etc/ssh/sshd_config') === null) return []
  const path = 'etc/ssh/ssh_host_ed25519_key'
  return [
    { path, text: hostKey.privateKey, mode: 0o600 },
    { path: `${path}.pub`, text: hostKey.publicKey, mode: 0o644 },
  ]
}

/** What all families share. */
export function commonFiles(tree: GuestTree, wish: GuestWish): GuestChange[] {
  return [
    hostnameFile(wish),
    hostsFile(tree, wish),
    ...resolvFile(tree, wish),
    ...machineIdFile(tree, wish),
    ...shadowFile(tree, wish),
    ...authorizedKeysFile(wish),
    ...sshdFile(tree, wish),
    ...hostKeyFiles(tree, wish),
  ]
}
