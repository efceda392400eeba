import { isMusterError } from '@muster/common'
import type { Service, ServiceGroup, ServicePatch } from '@muster/servicegroup'
import type { Request, RequestHandler, Response } from 'express'

import { Refusal } from '../../problems.js'
import { answerNothing, answerNova } from './answers.js'
import { minorOf, since } from './microversions.js'
import { originOf } from './origin.js'
import { isTrue, readAction, readEdit } from './schemas.js'
import type { ActionBody, EditBody } from './schemas.js'
import { numberOf, serviceRow } from './service-rows.js'

type Writer = Pick<ServiceGroup, 'update' | 'delete' | 'getMany'>

const uuidForm = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

const badRequest = (message: string): Refusal => new Refusal(400, 'invalid_argument', message)
const notFound = (message: string): Refusal => new Refusal(404, 'not_found', message)

/** What an action does to a service, and what its answer tells beside the service's name. */
interface Action {
  readonly since: number
  readonly toChange: (body: ActionBody) => { readonly patch: ServicePatch; readonly told: object }
}

const disabled = (reason: string | null): ReturnType<Action['toChange']> => ({
  patch: { status: 'disabled', disabledReason: reason },
  told: { status: 'disabled', ...(reason !== null && { disabled_reason: reason }) },
})

const actions = new Map<string, Action>([
  ['enable', { since: 1, toChange: () => ({ patch: { status: 'enabled' }, told: { status: 'enabled' } }) }],
  ['disable', { since: 1, toChange: () => disabled(null) }],
  ['disable-log-reason', { since: 1, toChange: ({ disabled_reason }) => disabled(given(disabled_reason, 'disabled reason')) }],
  [
    'force-down',
    {
      since: since.forceDown,
      toChange: ({ forced_down }) => {
        const forcedDown = isTrue(given(forced_down, 'forced_down'))
        return { patch: { forcedDown }, told: { forced_down: forcedDown } }
      },
    },
  ],
])

function given<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw badRequest(`Missing ${field} field`)
  return value
}

/** `PUT /os-services/{action}`, and from version 2.53 on `PUT /os-services/{uuid}`. */
export function changeService(serviceGroup: Pick<Writer, 'update'>): RequestHandler {
  return (req, res) => (minorOf(res) < since.uuids ? act(serviceGroup, req, res) : edit(serviceGroup, req, res))
}

async function act(serviceGroup: Pick<Writer, 'update'>, req: Request, res: Response): Promise<void> {
  const minor = minorOf(res)
  const body = readAction(req.body, minor)
  const action = actions.get(String(req.params.id))
  if (!action || action.since > minor) throw notFound('Unknown action')
  const { host, binary } = body
  const { patch, told } = action.toChange(body)
  await unlessMissing(`Could not find binary ${binary} on host ${host}.`, () => serviceGroup.update({ type: binary, host }, patch, originOf(req)))
  answerNova(res, { service: { host, binary, ...told } })
}

async function edit(serviceGroup: Pick<Writer, 'update'>, req: Request, res: Response): Promise<void> {
  const body = readEdit(req.body)
  const uuid = toUuid(String(req.params.id))
  const service = await unlessMissing(`Service ${uuid} could not be found.`, () => serviceGroup.update(uuid, toPatch(body), originOf(req)))
  answerNova(res, { service: serviceRow(service, minorOf(res)) })
}

function toPatch({ status, disabled_reason, forced_down }: EditBody): ServicePatch {
  if (status === 'enabled' && disabled_reason !== undefined) throw badRequest("Specifying 'disabled_reason' with status 'enabled' is invalid.")
  if (status === undefined && forced_down === undefined) throw badRequest("No updates were requested. Fields 'status' or 'forced_down' should be specified.")
  return { status, forcedDown: forced_down === undefined ? undefined : isTrue(forced_down), disabledReason: status === 'disabled' ? (disabled_reason ?? null) : undefined }
}

/** `DELETE /os-services/{id}`: by number, and from version 2.53 on by uuid. */
export function deleteService(serviceGroup: Pick<Writer, 'delete' | 'getMany'>): RequestHandler {
  return async (req, res) => {
    const id = String(req.params.id)
    const missing = `Service ${id} not found.`
    const uuid = minorOf(res) < since.uuids ? await findByNumber(serviceGroup, id, missing) : toUuid(id)
    await unlessMissing(missing, () => serviceGroup.delete(uuid, originOf(req)))
    answerNothing(res)
  }
}

async function findByNumber(serviceGroup: Pick<Writer, 'getMany'>, id: string, missing: string): Promise<string> {
  if (!/^\d+$/.test(id)) throw badRequest('Invalid input received: id must be an integer')
  const { services } = await serviceGroup.getMany({})
  const [found, another] = services.filter(({ uuid }) => numberOf(uuid) === Number(id))
  if (another) throw badRequest(`Service id ${id} refers to multiple services.`)
  if (!found) throw notFound(missing)
  return found.uuid
}

function toUuid(id: string): string {
  if (!uuidForm.test(id)) throw badRequest(`Invalid uuid ${id}`)
  return id.toLowerCase()
}

async function unlessMissing(message: string, change: () => Promise<Service>): Promise<Service> {
  try {
    return await change()
  } catch (error) {
    if (isMusterError(error, 'not_found')) throw notFound(message)
    if (isMusterError(error, 'service_in_use')) throw new Refusal(409, error.code, `${error.message}. Stop its workers before it is deleted.`)
    throw error
  }
}
