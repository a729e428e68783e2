/** Names and numbers that people type: what is allowed, checked the same way in form, API and agent. */
import * as z from 'zod/mini'

/** A VE's, host's or template's name. Starts with a letter or digit, so that it is never taken for an option. */
export const name = z
  .string()
  .check(
    z.minLength(1, 'Give it a name.'),
    z.maxLength(63, 'At most 63 characters.'),
    z.regex(
      /^[A-Za-z0-9][A-Za-z0-9 ._-]*$/,
      'Letters, digits, space, dot, dash and underscore; starts with a letter or digit.',
    ),
    z.regex(/[^ ]$/, 'No space at the end.'),
  )

/** A host name: RFC 1123 labels, at most 64 characters because Linux's `sethostname` takes no more. */
export const hostname = z
  .string()
  .check(
    z.minLength(1, 'Give it a host name.'),
    z.maxLength(64, 'At most 64 characters.'),
    z.regex(
      /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
      'Letters, digits and dashes in labels separated by dots, such as web1.example.org.',
    ),
  )

/** VE number. 100 and below are reserved, 2147483644 is OpenVZ's highest. */
export const VEID_MIN = 101
export const VEID_MAX = 2_147_483_644
export const veid = z
  .int('A whole number.')
  .check(z.gte(VEID_MIN, '100 and below are reserved: 101 or more.'), z.lte(VEID_MAX, `At most ${VEID_MAX}.`))

export const port = z
  .int('A whole number.')
  .check(z.gte(1, 'From 1 to 65535.'), z.lte(65535, 'From 1 to 65535.'))

/** An address of a host to connect to: IP address or DNS name. Never starts with a dash. */
export const hostAddress = z
  .string()
  .check(
    z.minLength(1, 'Give an address.'),
    z.maxLength(253, 'At most 253 characters.'),
    z.regex(/^[A-Za-z0-9:]([A-Za-z0-9.:-]*[A-Za-z0-9])?$/, 'An IP address or a DNS name.'),
  )

/** A Unix user name (useradd(8)'s own rule). */
export const userName = z
  .string()
  .check(z.regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'A Unix user name, such as root.'))

export const ipv4 = z.ipv4('An IPv4 address, such as 192.0.2.10.')
/** By pattern: zod's own check needs a URL parser, which the agent's QuickJS has not. */
export const ipv6 = z.string().check(z.regex(z.regexes.ipv6, 'An IPv6 address, such as 2001:db8::10.'))
export const ipAddress = z.union([ipv4, ipv6], 'An IPv4 or IPv6 address.')

/** A network in prefix notation, such as 192.0.2.0/24. */
export const cidrV4 = z.cidrv4('An IPv4 network, such as 192.0.2.0/24.')
export const cidrV6 = z.string().check(z.regex(z.regexes.cidrv6, 'An IPv6 network, such as 2001:db8:1::/64.'))
export const cidr = z.union([cidrV4, cidrV6], 'A network, such as 192.0.2.0/24.')

/** One line of an OpenSSH authorized_keys file: type, base64, comment. Options in front are not accepted. */
export const sshPublicKey = z
  .string()
  .check(
    z.maxLength(16_384, 'At most 16,384 characters.'),
    z.regex(
      /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]+={0,3}( [^\r\n]*)?$/,
      'One OpenSSH public key, such as "ssh-ed25519 AAAA… you@laptop".',
    ),
  )
