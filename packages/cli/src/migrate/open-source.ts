import type { Io } from '../io.js'
import { readToken, settleAccess } from '../server-access.js'
import { withServiceGroup } from '../target.js'
import { backendSource } from './backend-source.js'
import type { Source } from './contents.js'
import { askNova } from './nova-api.js'
import type { NovaAnswer } from './nova-api.js'
import { readNovaServices, tellLeftFields } from './nova-services.js'
import { isNova, parseNovaUrl } from './nova-url.js'

/** Opens what the URL names, hands it to `use` and closes it whatever happens. @throws InvalidArgument */
export async function withSource<T>(url: string, io: Io, use: (source: Source) => Promise<T>): Promise<T> {
  return isNova(url) ? use(novaSource(url, io)) : withServiceGroup(url, io, (group) => use(backendSource(group)))
}

function novaSource(text: string, io: Io): Source {
  const [nova, token] = [parseNovaUrl(text), readToken(settleAccess({}, io), io.env)]
  let answer: NovaAnswer | undefined
  return {
    read: async (signal) => readNovaServices((answer = await askNova(nova, token, signal))),
    tellLeft: () => Promise.resolve(answer ? tellLeftFields(answer) : []),
  }
}
