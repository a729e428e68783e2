/** By name at run time, so that the bundle has no import that QuickJS would stumble over. */
export function builtin<T>(name: string): T {
  return process.getBuiltinModule(name) as T
}

export type Fs = typeof import('node:fs')
export type ChildProcess = typeof import('node:child_process')

export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
}
