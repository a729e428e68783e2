import path from 'node:path'
import { expect, test } from 'vitest'
import { SetupProblem } from '../setup/setup-problem.ts'
import { parseDataDir, parseUpOptions } from './options.ts'

test('the defaults are those of the design', () => {
  expect(parseUpOptions([])).toEqual({
    port: 3000,
    listen: '127.0.0.1',
    dataDir: path.resolve('.corral'),
    labHosts: 2,
    simulated: false,
    dev: false,
  })
})

test('--no-lab wins over --lab', () => {
  expect(parseUpOptions(['--lab', '3', '--no-lab'])?.labHosts).toBe(0)
  expect(parseUpOptions(['--lab', '3'])?.labHosts).toBe(3)
})

test.each([
  [['--port', '0']],
  [['--port', '65536']],
  [['--port', '80x']],
  [['--port', '-1']],
  [['--lab', '17']],
  [['--lab', '1.5']],
  [['--prot', '3000']],
  [['surplus']],
])('%j is refused with the usage', (argv) => {
  const refusal = (() => {
    try {
      parseUpOptions(argv)
    } catch (error) {
      return error
    }
  })()
  expect(refusal).toBeInstanceOf(SetupProblem)
})

test('down takes the data directory only', () => {
  expect(parseDataDir(['--data', 'x'])).toBe(path.resolve('x'))
  expect(() => parseDataDir(['--port', '1'])).toThrow(SetupProblem)
})
