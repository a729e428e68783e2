import { HOST_TOOLS } from '../contract/host-facts.ts'
import type { PackageSet } from './lab-state.ts'

/** What a freshly installed Debian server has that a `minbase` root lacks. */
const BARE = ['ca-certificates', 'iproute2', 'iputils-ping', 'kmod', 'netbase', 'openssh-server', 'procps']

/** What enrolment would install, and the file system tools that tests and people want. */
const ENROLLED = [...Object.values(HOST_TOOLS).map((tool) => tool.package), 'fdisk', 'xfsprogs']

/** Brings the init of every lab host; taken away again from a bare one. */
export const INIT_PACKAGE = 'busybox-static'

export const PACKAGES: Record<PackageSet, readonly string[]> = {
  bare: [...BARE, INIT_PACKAGE],
  full: [...new Set([...BARE, ...ENROLLED, INIT_PACKAGE])],
}
