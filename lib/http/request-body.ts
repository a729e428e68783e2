import { Problem } from '../contract/problem.ts'

/** The largest request is a VE with all its SSH keys; a megabyte holds it with room to spare. */
export const BODY_LIMIT_BYTES = 1024 * 1024

const tooLarge = () => new Problem('invalid-input', `The body is larger than ${BODY_LIMIT_BYTES} bytes.`)

/** The body as text, read no further than the limit whatever Content-Length says. Throws `invalid-input`. */
export async function readBody(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_LIMIT_BYTES) throw tooLarge()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > BODY_LIMIT_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return decode(Buffer.concat(chunks))
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Problem('invalid-input', 'The body is not UTF-8 text.')
  }
}

/** JSON from a body; an empty one is an empty object. Throws `invalid-input`. */
export function parseJsonBody(request: Request, text: string): unknown {
  if (text.trim() === '') return {}
  const type = request.headers.get('content-type')
  if (type && !/^application\/([a-z.+-]+\+)?json\s*(;|$)/i.test(type))
    throw new Problem('invalid-input', 'Send JSON, with Content-Type: application/json.')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Problem('invalid-input', `The body is not valid JSON: ${(error as Error).message}.`)
  }
}
