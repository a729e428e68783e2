import { mustRun } from '../sys/run.ts'
import type { Sys } from '../sys/sys.ts'

/** Reads the password from standard input, so that it is never in an argument list. Constant text. */
const PROGRAM = 'local $/; my $password = <STDIN>; print crypt($password, $ARGV[0]);'

/** SHA-512 with a random salt (crypt(5)): every distribution's libcrypt, musl's too, knows it. */
export function hashPassword(sys: Sys, password: string): string {
  const random = (sys.read('/proc/sys/kernel/random/uuid') ?? '').replaceAll(/[^0-9a-f]/g, '').slice(0, 16)
  const hash = mustRun(sys, ['perl', '-e', PROGRAM, `$6$${random}$`], { stdin: password }).stdout
  if (!hash.startsWith('$6$') || random.length < 16)
    throw new Error('crypt(3) of this host made no SHA-512 hash.')
  return hash
}
