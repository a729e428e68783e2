import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
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

/** Into a file: as a terminal, and unlike what Node gives a child, it can be opened anew. */
async function run(argv: string[]): Promise<{ code: number; stdout: string }> {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'corral-output-')), 'said')
  const redirected = ['-c', 'exec "$@" > "$0"', file, ...argv]
  const { code } = await promisify(execFile)('sh', redirected).then(
    () => ({ code: 0 }),
    (error: { code: number }) => error,
  )
  const stdout = readFileSync(file, 'utf8')
  rmSync(path.dirname(file), { recursive: true })
  return { code, stdout }
}

test('output that was made not to block is made to block again, and the exit code is the program’s', async () => {
  expect(await run(wholeOutput(['perl', '-e', LIKE_CRUN]))).toMatchObject({ code: 3, stdout: 'blocks again' })
})

test('a program that leaves its output alone, or is not there, ends as it would', async () => {
  expect(await run(wholeOutput(['echo', 'a b']))).toMatchObject({ stdout: 'a b\n' })
  expect(await run(wholeOutput(['/no/such/program']))).toMatchObject({ code: 127 })
})
