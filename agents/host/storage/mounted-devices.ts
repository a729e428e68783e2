import type { Sys } from '../sys/sys.ts'

/** What is mounted, by /proc/self/mountinfo: the device by its mount point, the last mounted there. Read once for all VEs. */
export function mountedDevices(sys: Sys): Map<string, string> {
  const devices = new Map<string, string>()
  for (const line of (sys.read('/proc/self/mountinfo') ?? '').split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const [point, device] = [left.split(' ')[4], right.split(' ')[1]]
    if (point !== undefined && device !== undefined) devices.set(point, device)
  }
  return devices
}
