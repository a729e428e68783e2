import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RECEIVE } from './receive-script.ts'
import { SEND } from './send-script.ts'

const SIZE = 4 * 2 ** 20
const BLOCK = 4096

let root = ''
beforeEach(() => {
  root = fs.mkdtempSync('/var/tmp/corral-move-') // not /tmp, which may be one that does not tell where its files are
  for (const name of ['in', 'images']) fs.mkdirSync(`${root}/${name}`)
  fs.writeFileSync(`${root}/in/accepted.json`, '{}')
  fs.writeFileSync(`${root}/images/meta.json`, '{"at":1}')
  fs.writeFileSync(`${root}/disk`, '')
  fs.truncateSync(`${root}/disk`, SIZE)
})
afterEach(() => fs.rmSync(root, { recursive: true }))

/** The same numbers below `most` each time. */
function numbers() {
  let state = 42
  return (most: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * most)
  }
}

/** Some blocks get other bytes, or zeros, or what others have; some go. */
function change(next: (most: number) => number): void {
  const file = fs.openSync(`${root}/disk`, 'r+')
  for (let nth = 0; nth < 8; nth += 1) {
    const length = BLOCK * (1 + next(40))
    const bytes = Buffer.alloc(length, next(4))
    fs.writeSync(file, bytes, 0, length, BLOCK * next((SIZE - length) / BLOCK))
  }
  fs.closeSync(file)
  const hole = ['-o', String(BLOCK * next(SIZE / BLOCK - 64)), '-l', String(BLOCK * 64)]
  execFileSync('fallocate', ['--punch-hole', ...hole, `${root}/disk`])
}

/** `cut`: after so many bytes the connection ends. */
function send(words: readonly string[], cut: number | null): string {
  const receive = ['perl', '-e', RECEIVE, `${root}/in`, String(SIZE), '1000000', 'boot']
  const program = cut === null ? receive : ['sh', '-c', 'head -c "$0" | "$@"', String(cut), ...receive]
  const argv = ['-e', SEND, String(program.length), ...program, ...words]
  return execFileSync('perl', argv, { encoding: 'utf8', stdio: 'pipe' })
}

test('what has arrived is the disk of the last pass, whatever was sent of those before', () => {
  const next = numbers()
  let bases: string[] = []
  for (let pass = 0; pass < 14; pass += 1) {
    change(next)
    const copy = `${root}/${pass}`
    execFileSync('cp', ['--sparse=always', `${root}/disk`, copy])
    const words = ['disk', copy, ...bases]
    if (pass % 3 === 2) {
      expect(() => send(words, 20 + next(150_000))).toThrow()
      bases = [...bases, copy]
    } else {
      expect(send([...words, 'room', 'flush', 'images', `${root}/images`], null)).toMatch(/^sent \d+\n$/)
      expect(fs.readFileSync(`${root}/in/disk.img`).equals(fs.readFileSync(copy))).toBe(true)
      bases = [copy]
    }
  }
  expect(fs.readFileSync(`${root}/in/checkpoint/meta.json`, 'utf8')).toBe('{"at":1}')
  expect(fs.readFileSync(`${root}/in/checkpoint/arrived.boot`, 'utf8')).toBe('boot')
}, 60_000)

test('in which boot memory came is not for its sender to say', () => {
  fs.writeFileSync(`${root}/images/arrived.boot`, 'another')
  expect(() => send(['room', 'images', `${root}/images`, 'seal-live', '{}'], null)).toThrow('not a name')
  expect(fs.readFileSync(`${root}/in/checkpoint/arrived.boot`, 'utf8')).toBe('boot')
})

test('what begins to arrive anew is not sealed any more', () => {
  send(['seal', '{"release":"d"}'], null)
  expect(fs.readFileSync(`${root}/in/sealed.json`, 'utf8')).toBe('{"release":"d"}')
  send([], null)
  expect(fs.existsSync(`${root}/in/sealed.json`)).toBe(false)
})
