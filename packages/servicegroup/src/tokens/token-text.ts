// When it is first needed: loading it takes an eighth of the start of Node, and who only lists needs none.
const cryptography = () => process.getBuiltinModule('node:crypto')

const idLetters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const idLength = 10
const form = /^svc_([a-z0-9]{10})_[\w-]{43}$/

/** A new token: 32 random bytes, and an id that may be known. The prefix is for programs that search texts for secrets. */
export function makeTokenText(): { readonly id: string; readonly text: string } {
  const { randomBytes, randomInt } = cryptography()
  const id = Array.from({ length: idLength }, () => idLetters[randomInt(idLetters.length)]).join('')
  return { id, text: `svc_${id}_${randomBytes(32).toString('base64url')}` }
}

/** The id in a token; undefined for what is none. */
export const idOfText = (text: string): string | undefined => form.exec(text)?.[1]

/** What is stored of a token. A slow hash is for what people think up: nobody guesses 32 random bytes. */
export const hashOf = (text: string): string => cryptography().createHash('sha256').update(text).digest('hex')

const noHash = '0'.repeat(64)

/** Whether a token has this hash; undefined: that of none. Takes as long either way. */
export function hasHash(text: string, hash: string | undefined): boolean {
  const isEqual = cryptography().timingSafeEqual(Buffer.from(hashOf(text)), Buffer.from(hash ?? noHash))
  return hash !== undefined && isEqual
}
