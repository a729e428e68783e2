/** Whether this kernel keeps quota of users and groups on ext4: found by setting a limit and hitting it. */
import { Problem } from '../../../lib/contract/problem.ts'
import { type Reason, toolsReason } from '../facts/probe.ts'
import { remembered } from '../facts/remembered-probe.ts'
import { onTrialFileSystem, type TrialFileSystem } from '../storage/trial-file-system.ts'
import type { Sys } from '../sys/sys.ts'
import { type QuotaPlace, setQuota } from './kernel.ts'

const IMAGE_BYTES = 4 * 1024 * 1024
const KIB = 1024
const LIMIT_BYTES = 64 * KIB
/** Somebody without privileges, whose limits count. */
const OWNER = 12_345

/** Writes twice the limit as one user and group; exit code 0 when the kernel refused, with EDQUOT. */
const WRITER = `
use strict; use POSIX ();
my ($file, $uid, $gid, $bytes) = @ARGV;
open(my $out, '>', $file) && chown($uid, $gid, $file) or die "$file: $!\\n";
$) = "$gid $gid"; $( = $gid; $< = $> = $uid; die "ids: $!\\n" if $> != $uid;
for (1 .. $bytes / 1024) { syswrite($out, 'x' x 1024) or exit($! == POSIX::EDQUOT() ? 0 : 2) }
exit 1;
`

function hitsLimit(sys: Sys, place: QuotaPlace, kind: 'user' | 'group'): Reason {
  const limits = { softBytes: null, hardBytes: LIMIT_BYTES, softInodes: null, hardInodes: null }
  setQuota(sys, place, kind, { id: OWNER, limits })
  const [uid, gid] = kind === 'user' ? [OWNER, OWNER + 1] : [OWNER + 1, OWNER]
  const words = [`${place.path}/${kind}`, uid, gid, 2 * LIMIT_BYTES].map(String)
  const code = sys.run(['perl', '-e', WRITER, ...words]).code
  if (code === 0) return null
  return `The kernel takes limits of a ${kind} and does not enforce them.`
}

const NO_QUOTA = 'The kernel keeps no quota on ext4 (CONFIG_QUOTA, CONFIG_QFMT_V2)'

const TRIAL: TrialFileSystem = {
  bytes: IMAGE_BYTES,
  mkfs: ['mkfs.ext4', '-q', '-F', '-O', '^has_journal,quota', '-E', 'quotatype=usrquota:grpquota'],
  type: 'ext4',
  options: ['usrquota', 'grpquota'],
  refused: NO_QUOTA,
}

function holdsLimits(sys: Sys, path: string): Reason {
  const place = { path, firstId: 0, lastId: 65_535, off: new Problem('capability-missing', NO_QUOTA) }
  try {
    return hitsLimit(sys, place, 'user') ?? hitsLimit(sys, place, 'group')
  } catch (error) {
    return `${NO_QUOTA}: ${Problem.from(error).detail}`
  }
}

export function ownerQuotaReason(sys: Sys): Reason {
  const missing = toolsReason(sys, ['mkfs.ext4', 'losetup', 'perl'])
  if (missing !== null) return missing
  return remembered(sys, 'owner-quota', () => onTrialFileSystem(sys, TRIAL, (at) => holdsLimits(sys, at)))
}

/** Throws `capability-missing`. */
export function demandOwnerQuota(sys: Sys): void {
  const reason = ownerQuotaReason(sys)
  if (reason === null) return
  throw new Problem('capability-missing', `This host cannot count users and groups inside VEs. ${reason}`)
}
