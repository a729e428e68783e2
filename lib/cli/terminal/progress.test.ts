import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { Progress } from './progress.ts'

class Terminal extends Writable {
  text = ''
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void) {
    this.text += chunk.toString()
    done()
  }
}

/** What the first-run page would find, by key. */
class Table {
  readonly positions = new Map<unknown, number>()
  readonly rows = new Map<unknown, { state: unknown; detail: unknown }>([
    ['old', { state: 'done', detail: null }],
  ])
  async query(text: string, values: unknown[] = []) {
    if (text.startsWith('delete')) this.rows.clear()
    if (text.startsWith('insert')) {
      this.rows.set(values[0], { state: values[3], detail: values[4] })
      this.positions.set(values[0], values[1] as number)
    }
  }
}

const progressOn = (terminal: Terminal) => new Progress(terminal as unknown as NodeJS.WriteStream)

test('without a terminal each step is a plain line when it begins and when it ends', async () => {
  const terminal = new Terminal()
  const progress = progressOn(terminal)
  await progress.step(
    'build',
    'Build',
    async () => 7,
    (files) => `${files} files`,
  )
  const failure = progress.step('lab', 'Lab', () => Promise.reject(new Error('no root\nand more')))
  await expect(failure).rejects.toThrow('no root')
  expect(terminal.text.split('\n')).toEqual([
    '  … Build',
    expect.stringMatching(/^ {2}✓ Build \(\d\.\d s\): 7 files$/),
    '  … Lab',
    expect.stringMatching(/^ {2}✗ Lab \(\d\.\d s\): no root$/),
    '',
  ])
})

test('the page shows this run only, with what is still to come', async () => {
  const table = new Table()
  const progress = progressOn(new Terminal())
  progress.plan([{ key: 'template', label: 'Template' }])
  progress.running('build', 'Build')
  progress.attach(table)
  progress.done('build', 'built')
  progress.running('lab', 'Lab', 'half way')
  await progress.detach()
  expect([...table.rows]).toEqual([
    ['template', { state: 'waiting', detail: null }],
    ['build', { state: 'done', detail: 'built' }],
    ['lab', { state: 'running', detail: 'half way' }],
  ])
})

test('a step that was interrupted did not fail', async () => {
  const terminal = new Terminal()
  const progress = progressOn(terminal)
  const aborted = AbortSignal.abort()
  await expect(progress.step('lab', 'Lab', async () => aborted.throwIfAborted())).rejects.toThrow()
  expect(terminal.text).toBe('  … Lab\n')
})

test('a database that is gone does not stop the steps', async () => {
  const progress = progressOn(new Terminal())
  progress.attach({ query: () => Promise.reject(new Error('the server was stopped')) })
  await expect(progress.step('lab', 'Lab', async () => 1)).resolves.toBe(1)
  await progress.detach()
})

test('steps stand in the order in which they began, those still to come after them', async () => {
  const table = new Table()
  const progress = progressOn(new Terminal())
  progress.attach(table)
  progress.plan([
    { key: 'enrol', label: 'Enrol' },
    { key: 'template', label: 'Template' },
  ])
  progress.running('build', 'Build')
  progress.done('build')
  progress.running('lab', 'Lab')
  progress.running('enrol', 'Enrol')
  progress.running('enrol', 'Enrol', 'half way')
  await progress.detach()
  const inOrder = [...table.positions].sort(([, a], [, b]) => a - b).map(([key]) => key)
  expect(inOrder).toEqual(['build', 'lab', 'enrol', 'template'])
})
