/**
 * What of a VE's network may be on the kernel: written before the first change, so that whoever comes after an agent that was killed
 * half way knows all there is to take back. In /run, which a reboot clears as it clears the kernel.
 */
import { HOST_PATHS } from '../../../lib/contract/agent-protocol.ts'
import { ensureDirectory, readJson, replaceFile } from '../sys/files.ts'
import type { Sys } from '../sys/sys.ts'
import type { InterfacePlan } from './interface-plan.ts'

/** One list of interfaces, or while a change goes on two: before and after. */
export type NetworkRecord = { states: InterfacePlan[][] }

const FOLDER = `${HOST_PATHS.run}/network`
const file = (veid: number) => `${FOLDER}/${veid}.json`

export function readRecord(sys: Sys, veid: number): NetworkRecord | null {
  return readJson<NetworkRecord>(sys, file(veid))
}

export const hasRecord = (sys: Sys, veid: number): boolean => sys.stat(file(veid)) !== null

export function writeRecord(sys: Sys, veid: number, states: InterfacePlan[][]): void {
  ensureDirectory(sys, FOLDER)
  replaceFile(sys, file(veid), JSON.stringify({ states }))
}

export function removeRecord(sys: Sys, veid: number): void {
  sys.remove(file(veid))
}
