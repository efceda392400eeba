import type { TenantOptions } from '@muster/provisioning'
import type { Request, Response } from 'express'

import { Refusal } from '../../problems.js'
import { goneSignal } from '../../v1/parameters.js'

/**
 * Whose clusters: the tenant in the path, else that of a header, else `default`. Sahara asks Keystone whose the token is; here it is taken from the
 * header where a proxy says it, and a path of another is refused as there. @throws Refusal, 401
 */
export function tenantOf(req: Request, res: Response): Required<TenantOptions> {
  const said = req.get('X-Tenant-Id') || req.get('X-Project-Id') || undefined
  const { tenant } = req.params
  const inPath = tenant === undefined ? undefined : String(tenant)
  if (inPath !== undefined && said !== undefined && inPath !== said) throw new Refusal(401, 'not_allowed', 'Token tenant != requested tenant')
  return { tenant: (inPath ?? said ?? 'default').replaceAll('\0', '?'), signal: goneSignal(res) } // no tenant has a NUL byte, and no database takes one
}
