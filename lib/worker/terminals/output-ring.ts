const FIRST_BYTES = 8 * 1024

/** The last of what a terminal said, counted in bytes since it began. Grows up to its capacity, then forgets the oldest. */
export class OutputRing {
  readonly #capacity: number
  #buffer: Buffer
  #end = 0

  /** `capacity` in bytes. */
  constructor(capacity: number) {
    this.#capacity = capacity
    this.#buffer = Buffer.alloc(Math.min(FIRST_BYTES, capacity))
  }

  /** How much was said in all. */
  get end(): number {
    return this.#end
  }

  /** The first byte that is still there. */
  get start(): number {
    return Math.max(0, this.#end - this.#capacity)
  }

  push(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length)
    const kept = bytes.subarray(Math.max(0, bytes.length - this.#buffer.length))
    this.#end += bytes.length
    const at = (this.#end - kept.length) % this.#buffer.length
    const first = Math.min(kept.length, this.#buffer.length - at)
    this.#buffer.set(kept.subarray(0, first), at)
    this.#buffer.set(kept.subarray(first), 0)
  }

  /** What was said from byte `offset` on, as far as it is still there. */
  since(offset: number): Buffer {
    const from = Math.min(Math.max(offset, this.start), this.#end)
    const length = this.#end - from
    const at = from % this.#buffer.length
    const first = this.#buffer.subarray(at, Math.min(at + length, this.#buffer.length))
    return Buffer.concat([first, this.#buffer.subarray(0, length - first.length)])
  }

  /** As long as nothing was forgotten, what is kept lies at the beginning. */
  #makeRoom(more: number): void {
    const size = this.#buffer.length
    if (this.#end + more <= size || size === this.#capacity) return
    const grown = Buffer.alloc(Math.min(this.#capacity, Math.max(size * 2, this.#end + more)))
    this.#buffer.copy(grown, 0, 0, this.#end)
    this.#buffer = grown
  }
}
