import { isMusterError } from '@muster/common'
import type { Service, ServicePatch, WriteOptions } from '@muster/servicegroup'
import type { Request } from 'express'

import type { Context } from '../context.js'
import { toFieldErrors } from '../field-errors.js'
import { Refusal } from '../problems.js'
import { compileBody } from '../schemas/compile-schema.js'
import { servicePatchSchema } from '../schemas/schemas.js'

export const patchTypes = ['application/merge-patch+json', 'application/json']

type Window = { readonly note?: string | null; readonly start?: string | null; readonly until?: string }

/** A merge patch as it comes: in it also what is within a window is merged, and null takes a value away. @see RFC 7396 */
interface MergePatch extends Omit<ServicePatch, 'maintenance'> {
  readonly maintenance?: Window | null
}

const isPatch = compileBody<MergePatch>(servicePatchSchema)

/** The patch in a request's body. @throws Refusal: 415 for another type, 400 for what is no patch, with the field that was probably meant */
export function readPatch(req: Request): MergePatch {
  const type = req.get('Content-Type')
  if (type !== undefined && req.is(patchTypes) === false) {
    throw new Refusal(415, 'not_supported', `A service cannot be changed by ${type}`, { hint: `Send ${patchTypes.join(' or ')}.`, headers: { 'Accept-Patch': patchTypes.join(', ') } })
  }
  const patch: unknown = req.body
  if (patch === undefined) throw new Refusal(400, 'invalid_argument', 'There is no body', { hint: 'Send what to change as a JSON object, for example {"status":"disabled"}.' })
  if (isPatch(patch)) return patch
  const errors = toFieldErrors('field', isPatch.errors)
  throw new Refusal(400, 'invalid_argument', errors.map(({ detail }) => detail).join(' '), { hint: `Fields: ${Object.keys(servicePatchSchema.properties ?? {}).join(', ')}.`, errors })
}

const mostAttempts = 5

/** Carries a patch out. A part of a window is laid on the window that is there, so that one is read first and must not change meanwhile. */
export async function applyMergePatch({ serviceGroup }: Context, uuid: string, { maintenance, ...patch }: MergePatch, options: WriteOptions): Promise<Service> {
  if (maintenance === undefined || maintenance === null) return serviceGroup.update(uuid, { ...patch, maintenance }, options)
  if (isWhole(maintenance)) return serviceGroup.update(uuid, { ...patch, maintenance: merge(null, maintenance) }, options)
  for (let attempt = 1; ; attempt += 1) {
    const { service } = await serviceGroup.getOne(uuid, { consistent: true })
    const ifVersion = options.ifVersion ?? service?.index
    try {
      return await serviceGroup.update(uuid, { ...patch, maintenance: merge(service?.maintenance ?? null, maintenance) }, { ...options, ifVersion })
    } catch (error) {
      const isOurs = options.ifVersion === undefined && isMusterError(error, 'version_conflict')
      if (!isOurs || attempt === mostAttempts) throw error
    }
  }
}

const isWhole = ({ note, start, until }: Window): boolean => note !== undefined && start !== undefined && until !== undefined

function merge(window: Service['maintenance'], part: Window): NonNullable<ServicePatch['maintenance']> {
  const { note, start, until } = { ...window, ...part }
  if (until === undefined) {
    const detail = "Field 'maintenance.until' is missing: there is no window that has one."
    throw new Refusal(400, 'invalid_argument', detail, { errors: [{ parameter: 'maintenance.until', detail }] })
  }
  return { note, start: start ?? undefined, until }
}
