import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { wholeOutput } from './whole-output.ts'

/** Makes its output one that does not block, as crun does, and says whether that is taken back. */
const LIKE_CRUN = `
use Fcntl;
fcntl(STDOUT, F_SETFL, fcntl(STDOUT, F_GETFL, 0) | O_NONBLOCK);
for (1 .. 1000) {
  last unless fcntl(STDOUT, F_GETFL, 0) & O_NONBLOCK;
  select undef, undef, undef, 0.01;
}
print fcntl(STDOUT, F_GETFL, 0) & O_NONBLOCK ? "not taken back" : "blocks again";
exit 3;
`

const run = (argv: string[]) =>
  promisify(execFile)(argv[0] ?? '', argv.slice(1)).catch((error: { code: number; stdout: string }) => error)

test('output that was made not to block is made to block again, and the exit code is the program’s', async () => {
  expect(await run(wholeOutput(['perl', '-e', LIKE_CRUN]))).toMatchObject({ code: 3, stdout: 'blocks again' })
})

test('a program that leaves its output alone, or is not there, ends as it would', async () => {
  expect(await run(wholeOutput(['echo', 'a b']))).toMatchObject({ stdout: 'a b\n' })
  expect(await run(wholeOutput(['/no/such/program']))).toMatchObject({ code: 127 })
})
