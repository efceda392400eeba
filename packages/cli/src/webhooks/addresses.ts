import { isMusterError, messageOf } from '@muster/common'
import type { AddressRules } from '@muster/notifications'

import { settingOption, settle } from '../config/settle.js'
import type { Io } from '../io.js'
import { say } from '../io.js'
import { readRanges } from './ranges.js'

/** Which addresses may be sent to, for commands that work straight on a backend; a server has its own. */
export const allowOption = settingOption('webhookAllow', 'With --backend: addresses that servers may send to besides public ones')

export const rulesOf = (option: string | undefined, io: Pick<Io, 'env' | 'fromFile'>): AddressRules => ({ allow: readRanges(settle('webhookAllow', option, io).value) })

/** Says when nothing could be sent to a URL by these rules. It is no refusal: those of the servers count. @throws InvalidArgument for a range that is none */
export async function warnOfAddress(url: string, rules: AddressRules, io: Io): Promise<void> {
  const { checkWebhookAddress } = await import('@muster/notifications')
  try {
    await checkWebhookAddress(url, rules)
  } catch (error) {
    if (!isMusterError(error, 'not_allowed') && !isMusterError(error, 'backend_unreachable')) throw error
    say(io, `nothing is sent as it is: ${messageOf(error)}`)
    if (isMusterError(error, 'not_allowed')) say(io, 'Servers send to it when they are told to: svc serve --webhook-allow, or SVC_WEBHOOK_ALLOW.')
  }
}
