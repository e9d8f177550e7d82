import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import type { Fault, RetryAfter } from './script.ts'

/** What is to be sent, piece by piece. */
export interface Delivery {
  readonly contentType: 'application/json' | 'text/event-stream'
  readonly pieces: readonly string[]
  readonly paceMs: number
}

const headers = { 'cache-control': 'no-cache' }

/** Sends all of it. `beforeLast` is called at the last moment at which the client cannot have all of it yet. */
export async function sendWhole(response: ServerResponse, delivery: Delivery, beforeLast: () => void): Promise<void> {
  response.writeHead(200, { ...headers, 'content-type': delivery.contentType })
  for (const piece of delivery.pieces.slice(0, -1)) {
    if (!(await sendPiece(response, piece, delivery.paceMs))) return
  }
  if (delivery.paceMs > 0) await pause(response, delivery.paceMs)
  if (response.destroyed) return
  beforeLast()
  response.end(delivery.pieces.at(-1) ?? '')
}

/** Sends half of it; what then becomes of the connection is the caller's. */
export async function sendHalf(response: ServerResponse, delivery: Delivery): Promise<void> {
  response.writeHead(200, { ...headers, 'content-type': delivery.contentType })
  for (const piece of delivery.pieces.slice(0, Math.ceil(delivery.pieces.length / 2))) {
    if (!(await sendPiece(response, piece, delivery.paceMs))) return
  }
}

export function sendGarbage(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Gateway</title><p>Please log in.')
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  extra: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...extra }).end(JSON.stringify(body))
}

export function retryHeaders(fault: Fault): Record<string, string> {
  return fault.kind === 'status' && fault.retryAfter !== null ? { 'retry-after': written(fault.retryAfter) } : {}
}

/** An HTTP date has whole seconds: rounded up, so that it never says less than the script. */
function written({ seconds, form }: RetryAfter): string {
  if (form === 'seconds') return String(seconds)
  return new Date(Math.ceil(Date.now() / 1_000 + seconds) * 1_000).toUTCString()
}

/** Resolves to whether the client is still there. Waits until the piece is on its way, so that a cut comes after it. */
async function sendPiece(response: ServerResponse, piece: string, paceMs: number): Promise<boolean> {
  if (response.destroyed) return false
  await new Promise<void>((resolve) => response.write(piece, () => resolve()))
  if (paceMs > 0) await pause(response, paceMs)
  return !response.destroyed
}

/** Ends early when the client goes. */
async function pause(response: ServerResponse, ms: number): Promise<void> {
  const gone = new AbortController()
  const leave = (): void => gone.abort()
  response.once('close', leave)
  await setTimeout(ms, undefined, { signal: gone.signal }).catch(() => {})
  response.off('close', leave)
}
