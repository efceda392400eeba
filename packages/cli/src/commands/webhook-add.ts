import { checkWebhook, webhookKinds } from '@muster/servicegroup'

import { defineCommand } from '../command.js'
import { safeText } from '../safe-text.js'
import { resolveTarget, withReader } from '../target.js'
import { allowOption, rulesOf, warnOfAddress } from '../webhooks/addresses.js'
import { secretFormat, tellSecret } from '../webhooks/tell-secret.js'
import { byHim, webhookWriteOptions } from '../webhooks/write.js'

const text = { type: 'string', array: true, requiresArg: true } as const

export const command = defineCommand({
  name: 'webhook add',
  help: `Makes a webhook: changes of services are sent to its URL. Prints the secret that they are signed with, this once.

  svc webhook add https://hooks.example/muster
  svc webhook add https://hooks.example/muster --type nova-compute --kind service.update > hook.secret
  svc webhook add https://hooks.example/muster -f json

Signed as Standard Webhooks has it: any of its libraries checks what comes. Servers send to public addresses by https:, and to
those of svc serve --webhook-allow.`,
  argument: { name: 'URL', of: 'url' },
  options: {
    kind: { ...text, choices: webhookKinds, describe: 'Only of these; may be repeated, as the next two' },
    type: { ...text, describe: 'Only of services of this type' },
    host: { ...text, describe: 'Only of services on this host' },
    format: secretFormat,
    'webhook-allow': allowOption,
    ...webhookWriteOptions,
  },
  run: async ({ kind: kinds, type: types, host: hosts, ...args }, io, _, url = '') => {
    const wanted = checkWebhook({ url, kinds, types, hosts })
    const target = resolveTarget(args, io.env)
    if ('backend' in target) await warnOfAddress(wanted.url, rulesOf(args['webhook-allow'], io), io)
    if (args['dry-run'] === true) {
      const of = (values: readonly string[], all: string): string => values.join(', ') || all
      await io.write(`${safeText(`a webhook to ${wanted.url} would be made, told of ${of(wanted.kinds, 'all kinds')}, ${of(wanted.types, 'all types')}, ${of(wanted.hosts, 'all hosts')}`)}\n`)
      return 0
    }
    const made = await withReader(target, io, (group) => group.addWebhook(wanted, byHim(io)))
    await tellSecret(made, 'was made', args.format, io)
    return 0
  },
})
