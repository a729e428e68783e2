import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { checkDataDir, checkPort } from './preflight.ts'

test('a taken port is named, with the next one as a way on', async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await expect(checkPort(port, '127.0.0.1')).rejects.toMatchObject({
    message: `Port ${port} is taken by another program.`,
    wayOn: expect.stringContaining(`--port ${port + 1}`),
  })
  await new Promise((resolve) => server.close(resolve))
  await expect(checkPort(port, '127.0.0.1')).resolves.toBeUndefined()
})

test('an address that is not of this machine is refused', async () => {
  await expect(checkPort(3999, '192.0.2.1')).rejects.toThrow(/cannot listen on 192\.0\.2\.1/)
})

test('a data directory that cannot be made is refused with its name', () => {
  expect(() => checkDataDir('/etc/passwd/corral', false)).toThrow(
    /cannot write to its data directory \/etc\/passwd\/corral/,
  )
})
