import { notFound } from 'next/navigation'
import { Problem } from '@/lib/contract/problem.ts'

/** What a page reads; a thing that is not there, or not this viewer's, becomes the 404 page. */
export async function orNotFound<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Problem && error.code === 'not-found') notFound()
    throw error
  }
}
