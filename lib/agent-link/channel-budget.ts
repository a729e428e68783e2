/** At most so many channels at once on one connection (sshd allows ten); who comes later waits in line. */
export class ChannelBudget {
  readonly #most: number
  #taken = 0
  readonly #waiting: (() => void)[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Resolves with the way to give the place back, to be called once. Rejects with the signal's reason. */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) throw signal.reason
    if (this.#taken < this.#most) this.#taken += 1
    else await this.#turn(signal)
    let given = false
    return () => {
      if (given) return
      given = true
      this.#giveBack()
    }
  }

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        reject(signal?.reason)
      }
      this.#waiting.push(go)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }

  /** The place goes straight to the next in line. */
  #giveBack() {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#taken -= 1
  }
}
