import { eventStream } from '@/lib/http/event-stream.ts'
import { problemResponse } from '@/lib/http/problem-response.ts'

export async function GET(request: Request): Promise<Response> {
  try {
    return await eventStream(request)
  } catch (error) {
    return problemResponse(error)
  }
}
