import { createHmac } from 'node:crypto'

/** The headers by which a receiver knows who sends, what, and when. `at`: ms. @see Standard Webhooks, "Verifying webhook authenticity" */
export function signedHeaders(id: string, at: number, body: Uint8Array, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000))
  const sign = (secret: string): string => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`
  }
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': secrets.map(sign).join(' ') }
}
