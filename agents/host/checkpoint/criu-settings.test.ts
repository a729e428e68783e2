import { expect, test } from 'vitest'
import { criuConfig, dumpSettings, hostMounts, restoreSettings } from './criu-settings.ts'

const mount = (destination: string, source: string, options: string[]) => ({
  ...{ destination, source, options },
  type: 'none',
})
const CONFIG = {
  process: { args: ['/sbin/init'] },
  mounts: [
    mount('/run', 'tmpfs', ['nosuid']),
    mount('/proc/uptime', '/var/lib/lxcfs/proc/uptime', ['bind', 'ro']),
    mount('/dev/.corral/nfs', '/run/corral/ve/101/host/nfs', ['rbind']),
  ],
  linux: {
    namespaces: [{ type: 'mount' }, { type: 'time', path: '/run/x' }, { type: 'user', path: '/run/y' }],
    maskedPaths: ['/proc/keys'],
    resources: { pids: { limit: 60 }, memory: { limit: 1 } },
  },
}

test('what of the host is mounted is CRIU’s to be told of, not crun’s', () => {
  expect(hostMounts(CONFIG)).toEqual({
    '/proc/uptime': '/var/lib/lxcfs/proc/uptime',
    '/dev/.corral/nfs': '/run/corral/ve/101/host/nfs',
  })
  const told = JSON.parse(JSON.stringify(criuConfig(CONFIG, '/x/criu.conf')))
  expect(told).toEqual({
    process: CONFIG.process,
    annotations: { 'org.criu.config': '/x/criu.conf' },
    mounts: [CONFIG.mounts[0]],
    linux: {
      namespaces: [{ type: 'mount' }, { type: 'user', path: '/run/y' }],
      maskedPaths: [],
      resources: { memory: { limit: 1 } },
    },
  })
})

test('settings name mounts by their places, and devices by what they become', () => {
  expect(dumpSettings(['/proc/uptime'])).toContain('\nexternal mnt[/proc/uptime]:/proc/uptime\n')
  const settings = restoreSettings({ '/proc/uptime': '/lxcfs/uptime' }, { eth0: 'vp101.0' }, '/x/action')
  expect(settings).toContain('\nexternal mnt[/proc/uptime]:/lxcfs/uptime\n')
  expect(settings).toContain('\nexternal netdev[eth0]:vp101.0\naction-script /x/action\n')
})
