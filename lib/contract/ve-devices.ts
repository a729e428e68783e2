/** Devices of the host that are handed to a VE, while it runs. */
import * as z from 'zod/mini'
import { hostDevice, ifname } from './ve-interface.ts'

/** A character or block device (a partition is one): seen inside under the same path. Mounting it there stays the host's right. */
export const veDevice = z.object({
  /** On the host, such as /dev/disk/by-id/… or /dev/ttyUSB0: resolved to its numbers by the agent each time it is attached. */
  path: z
    .string()
    .check(
      z.maxLength(200, 'At most 200 characters.'),
      z.regex(/^\/dev(\/[A-Za-z0-9_+@:=-][A-Za-z0-9_.+@:=-]*)+$/, 'A device of the host, such as /dev/sdb1.'),
    ),
  /** The device cgroup's r, w and m (make nodes). */
  access: z.string().check(z.regex(/^(r|w|rw|rm|wm|rwm)$/, 'Some of r, w and m, in this order.')),
})
export type VeDevice = z.infer<typeof veDevice>

/** A network device of the host that becomes the VE's own while it runs. */
export const veNetworkDevice = z.object({ device: hostDevice, ifname })
export type VeNetworkDevice = z.infer<typeof veNetworkDevice>
