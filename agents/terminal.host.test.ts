/** Terminals into VEs over the panel's key, on a real host of the lab: sshd's pty, crun, the VE's own. Needs root on Linux. */
import { readFileSync } from 'node:fs'
import { Client, type ClientChannel } from 'ssh2'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HOST_PATHS } from '../lib/contract/agent-protocol.ts'
import { type AgentLab, expectFootprint, footprint, raiseAgentLab } from './testing/agent-lab.ts'
import { LabVe } from './testing/lab-ve.ts'

const OPENED = '{"opened":true}'
const SLOW = { timeout: 20_000, interval: 100 }
const KEYS = '/root/.ssh/authorized_keys'

let lab: AgentLab
let before: string[]
let ve: LabVe
let client: Client

beforeAll(async () => {
  lab = await raiseAgentLab()
  const forced = `restrict,pty,command="qjs --std ${HOST_PATHS.agent} serve" ${lab.publicKey}`
  await lab.agent.run(`mkdir -p /root/.ssh && cat >>${KEYS}`, `${forced}\n`)
})
afterAll(() => lab?.lower())
beforeEach(async () => {
  before = await footprint(lab)
  ve = new LabVe(lab)
  await ve.create()
  client = new Client()
  await new Promise<void>((resolve, reject) => {
    client.once('ready', resolve).once('error', reject)
    const { address, sshPort } = lab.host
    client.connect({ host: address, port: sshPort, username: 'root', privateKey: readFileSync(lab.keyFile) })
  })
})
afterEach(async () => {
  client.end()
  await ve.destroy()
  await expectFootprint(lab, before)
})

type Terminal = { channel: ClientChannel; said(): string; exit: Promise<number | null> }

function open(command: string, pty: boolean): Promise<Terminal> {
  const window = { term: 'xterm-256color', cols: 100, rows: 30, width: 0, height: 0 }
  return new Promise((resolve, reject) => {
    client.exec(command, pty ? { pty: window } : {}, (error, channel) => {
      if (error) return reject(error)
      let text = ''
      channel.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1')
      })
      const exit = new Promise<number | null>((ended) => channel.once('exit', ended))
      resolve({ channel, said: () => text, exit })
    })
  })
}
const words = ({ veid, uuid, epoch } = ve.key) => `${veid} ${uuid} ${epoch}`
const openConsole = () => open(`console ${words()}`, true)
const openLog = () => open(`boot-log ${words()}`, false)
const processes = () => lab.agent.run('ps -eo args')

test('a console is a login shell of root on a terminal that follows the window; its end is the shell’s', async () => {
  await ve.start()
  const { channel, said, exit } = await openConsole()
  await expect.poll(said, SLOW).toMatch(/^\{"opened":true\}\r\n.*root@web1:~# $/s)
  channel.write('stty size; tty; echo $TERM $HOME $SHELL\r')
  await expect
    .poll(said, SLOW)
    .toMatch(/\r30 100\r\n\/dev\/pts\/\d+\r\nxterm-256color \/root \/bin\/bash\r\n/)
  channel.setWindow(50, 120, 0, 0)
  await expect
    .poll(() => {
      channel.write('stty size\r')
      return said()
    }, SLOW)
    .toMatch(/\r50 120\r\n/)
  channel.write('exit 7\r')
  expect(await exit).toBe(7)
})

test('a channel that closes leaves nothing running, whatever ignores the hang-up', async () => {
  await ve.start()
  const { channel, said } = await openConsole()
  await expect.poll(said, SLOW).toContain('# ')
  channel.write("(trap '' HUP; sleep 7771) & trap '' HUP; echo go; sleep 7772\r")
  await expect.poll(processes, SLOW).toMatch(/sleep 7771.*sleep 7772/s)
  channel.close()
  await expect.poll(processes, SLOW).not.toMatch(/sleep 777|agent\.js serve|bash -l|crun .*exec/)
  expect(await lab.agent.run('ls /run/corral/monitor/ve101 | grep exec || echo none')).toBe('none\n')
})

test('a connection that breaks ends its consoles', async () => {
  await ve.start()
  const { channel, said } = await openConsole()
  await expect.poll(said, SLOW).toContain('# ')
  channel.write('sleep 7773\r')
  await expect.poll(processes, SLOW).toMatch(/sleep 7773/)
  client.destroy()
  await expect.poll(processes, SLOW).not.toMatch(/sleep 7773|agent\.js serve|crun .*exec/)
})

test('a VE that is stopped ends its consoles', async () => {
  await ve.start()
  const { said, exit } = await openConsole()
  await expect.poll(said, SLOW).toContain('# ')
  await ve.stop()
  expect(await exit).not.toBeNull()
})

test('who does not read holds up the VE, not the host', async () => {
  await ve.start()
  const { channel, said } = await openConsole()
  await expect.poll(said, SLOW).toContain('# ')
  channel.pause()
  channel.write('yes 0123456789\r')
  await expect.poll(() => ve.shell('pgrep -x yes'), SLOW).toMatch(/^\d+$/)
  const ticks = () => ve.shell("cut -d' ' -f14,15 /proc/$(pgrep -x yes)/stat")
  let last = ''
  await expect
    .poll(async () => {
      const same = (await ticks()) === last
      last = await ticks()
      return same
    }, SLOW)
    .toBe(true)
  channel.resume()
  await expect.poll(() => said().length, SLOW).toBeGreaterThan(3_000_000)
  channel.close()
})

test('refused with the reason: one that does not run, another VE, an older epoch; anything else under the key', async () => {
  const refused = async (command: string) => {
    const { said, exit } = await open(command, true)
    expect(await exit).toBe(1)
    return JSON.parse(said()).error.code
  }
  expect(await refused(`console ${words()}`)).toBe('ve-not-running')
  expect(await refused(`console ${words({ ...ve.key, veid: 999 })}`)).toBe('not-found')
  expect(await refused(`console ${words({ ...ve.key, uuid: '0b7e7f4e-6c1b-4a53-9d0b-0d6f4b1f0a02' })}`)).toBe(
    'veid-taken',
  )
  await lab.agent.call('ve-stop', { ...ve.key, epoch: 2 }, 'terminal:epoch')
  expect(await refused(`console ${words()}`)).toBe('stale-epoch')
  ve.spec = { ...ve.spec, epoch: 2 }
  expect(await refused(`console ${words()}; id`)).toBe('invalid-input')
  for (const command of ['ended 101 1', 'sh', 'consoles 101', 'version']) {
    expect([command, await (await open(command, false)).exit]).toEqual([command, 126])
  }
  await ve.destroy()
  await lab.agent.run('rm -r /var/lib/corral/ve/101') // so that the other tests begin anew
  ve = new LabVe(lab)
  await ve.create()
})

test('the log of init: what was said, what it says, over a reboot, byte for byte', async () => {
  await ve.start()
  const { channel, said, exit } = await openLog()
  await expect.poll(said, SLOW).toMatch(/^\{"opened":true\}\n.*Entering runlevel: 2/s)
  await ve.exec(['sh', '-c', "printf 'bell\\007 \\033[31mred\\377\\r\\n' >/dev/console"])
  await expect.poll(said, SLOW).toContain('bell\x07 \x1b[31mred\xff\r')
  expect(said()).not.toMatch(/stdout [FP] /)
  await ve.exec(['reboot'])
  const boots = () => said().split('version 3.14 booting').length - 1
  await expect.poll(boots, SLOW).toBe(2)
  channel.end()
  expect(await exit).toBe(0)
  await ve.stop()
  const after = await openLog() // of a stopped one what is kept: of this boot and the one before
  await expect.poll(() => after.said().split('version 3.14 booting').length - 1, SLOW).toBe(2)
  after.channel.close()
  expect(after.said().startsWith(OPENED)).toBe(true)
  await expect.poll(processes, SLOW).not.toMatch(/agent\.js serve/)
})

test('a VE that floods its console fills nothing and keeps the newest', async () => {
  await ve.start()
  await ve.exec(
    [
      'sh',
      '-c',
      'i=0; while [ $i -lt 40000 ]; do echo "line $i"; i=$((i+1)); done >/dev/console; echo last >/dev/console',
    ],
    {
      timeoutSeconds: 120,
    },
  )
  // Init may have its say after it.
  const newest = () => lab.agent.run('tail -n 5 /vz/ve/101/boot.log')
  await expect.poll(newest, SLOW).toMatch(/stdout F last$/m)
  const bytes = await lab.agent.run('du -cb /vz/ve/101/boot.log* | tail -n 1 | cut -f 1')
  expect(Number(bytes)).toBeLessThan(2 * 262_144 + 65_536)
})
