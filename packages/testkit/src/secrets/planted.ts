import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A text that must not be seen anywhere, by what it is the secret of. It has letters that are written otherwise in URLs and in JSON. */
export const planted = {
  passwordInUrl: 'pl4nted/pässword?in&url',
  passwordInFile: 'pl4nted"password in file',
  passwordInEnvironment: 'pl4nted+password+in+environment',
  token: 'pl4nted.token~in-header',
  bearer: 'pl4nted.bearer~in-header',
  query: 'pl4nted token in query',
  body: 'pl4nted-in-body',
  key: 'pl4ntedKeyFileContent0123456789',
} as const

export type Planted = keyof typeof planted

/** Whatever somebody could read a secret from: itself, as it stands in a URL, in JSON, in base64 wherever that begins, in hex. */
function formsOf(text: string): string[] {
  const base64 = ['', 'u', 'us'].map((before) => Buffer.from(before + text).toString('base64').slice(before.length === 0 ? 0 : 4).replace(/=+$/, '').slice(0, -1))
  const form = new URLSearchParams({ x: text }).toString().slice(2)
  const digest = createHash('sha1').update(`user:${text}`).digest('base64')
  return [text, encodeURIComponent(text), encodeURI(text), form, JSON.stringify(text).slice(1, -1), ...base64, Buffer.from(text).toString('base64url'), Buffer.from(text).toString('hex'), digest]
}

/** The secrets that a text shows, each with what stands around it. */
export function secretsIn(text: string): string[] {
  const lower = text.toLowerCase()
  return Object.entries(planted).flatMap(([name, secret]) => {
    const found = formsOf(secret).map((form) => lower.indexOf(form.toLowerCase())).find((at) => at >= 0)
    return found === undefined ? [] : [`${name}: ${text.slice(Math.max(0, found - 60), found + 60)}`]
  })
}

/** All files below a folder, as one text. */
export async function filesIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const texts = await Promise.all(entries.filter((entry) => entry.isFile()).map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))
  return texts.join('\n')
}
