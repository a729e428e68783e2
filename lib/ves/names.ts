/** What people write about a VE, and the name that it gives itself. Browser-safe. */
import * as z from 'zod/mini'
import { hostname } from '../contract/names.ts'

/**
 * A host name that no distribution chokes on. Beyond RFC 1123: a last label of digits alone reads as an address (RFC 3696 §2), and
 * "localhost" as oneself. Labels are at most 63 characters long and have no dash at either end.
 */
export const guestHostname = hostname.check(
  z.refine(
    (text) => !/(^|\.)\d+$/.test(text),
    'The last part may not be digits alone: programs take that for an address.',
  ),
  z.refine(
    (text) => !/^localhost(\.localdomain)?$/i.test(text),
    'Every system calls itself that: give it a name of its own.',
  ),
)

export const veText = {
  description: z.string().check(z.trim(), z.maxLength(200, 'At most 200 characters.')),
  notes: z.string().check(z.maxLength(10_000, 'At most 10,000 characters.')),
}

const tag = z
  .string()
  .check(
    z.trim(),
    z.toLowerCase(),
    z.regex(
      /^[a-z0-9][a-z0-9._-]{0,31}$/,
      'Letters, digits, dot, dash and underscore; at most 32 characters.',
    ),
  )
export const veTags = z.array(tag).check(
  z.maxLength(20, 'At most 20.'),
  z.refine((tags) => new Set(tags).size === tags.length, 'The same tag is given twice.'),
)

/**
 * VEs of one account with the same word are kept on different hosts. Preferred, not required: where no other host can take one of
 * them, it shares a host. A change moves nothing by itself.
 */
export const spreadGroup = z.nullable(tag)

/** Lower ones start first when their host boots; those with the same at once. */
export const bootOrder = z
  .int('A whole number.')
  .check(z.gte(0, 'From 0 to 9999.'), z.lte(9999, 'From 0 to 9999.'))
