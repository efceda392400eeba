import { InvalidArgument } from '@muster/common'
import type { Service, ServiceFilter } from '@muster/servicegroup'

import type { Io } from '../io.js'
import { say } from '../io.js'
import { watchList } from '../live/watch-list.js'
import { listPrinter } from '../output/list-printer.js'
import type { OutputArguments } from '../output/options.js'
import type { Target } from '../target.js'
import { withReader } from '../target.js'
import { serviceColumns } from './service-columns.js'
import { serviceSubject } from './service-subject.js'

interface ServiceArguments {
  readonly type?: readonly string[] | undefined
  readonly hostname?: readonly string[] | undefined
  readonly state?: readonly string[] | undefined
}

interface ListArguments extends ServiceArguments, OutputArguments {
  readonly group?: readonly string[] | undefined
  readonly name?: readonly string[] | undefined
  readonly classic?: boolean | undefined
  readonly watch?: boolean | undefined
}

/** `svc list --services`. Resolves with how many were listed, undefined when it watched until it was stopped. @throws InvalidArgument for what services have not */
export async function listServices(args: ListArguments, target: Target, io: Io): Promise<{ readonly count: number } | { readonly status: number }> {
  const alien = (['group', 'name', 'classic'] as const).find((option) => args[option] !== undefined)
  if (alien !== undefined) throw new InvalidArgument('services', `--${alien} is of workers; services have none`, { hint: 'Give --type, --hostname or --state, or leave out --services.' })
  const print = listPrinter(serviceColumns, args, io)
  const filter = serviceFilter(args)
  if (args.watch === true) return { status: await watchList({ subject: serviceSubject(filter), columns: serviceColumns, args, print, target, io }) }
  const { services } = await withReader(target, io, (reader) => reader.getMany(filter))
  await print(services)
  if (services.length === 0) say(io, Object.values(filter).some((wanted) => wanted !== undefined) ? 'no matching services' : 'no services')
  return { count: services.length }
}

/** Which services the options mean. */
export const serviceFilter = ({ type, hostname, state }: ServiceArguments): ServiceFilter => ({ type, host: hostname, state: state as readonly Service['state'][] | undefined })
