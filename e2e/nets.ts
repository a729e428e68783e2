let made = 0
/** A /24 of 10.0.0.0/8 that no other test of this run has, without its last number: "10.x.y". */
export function freeNet(): string {
  made += 1
  const number = (Math.floor(Date.now() / 1000) * 7 + made * 131) % 50_000
  return `10.${50 + Math.floor(number / 250)}.${number % 250}`
}
