import { optionName, settings } from '@muster/common'
import type { Setting, SettingName } from '@muster/common'

import type { Io } from '../io.js'

/** A value, and where it comes from: `--port`, `SVC_PORT`, `/etc/muster/svc.yaml:3` or `default`. */
export interface Settled<Value> {
  readonly value: Value
  readonly origin: string
}

type ValueOf<Name extends SettingName> = (typeof settings)[Name] extends { readonly default: string } ? string : string | undefined

/** What holds of a setting: the option, else the environment, else the file (whose values `withConfig` has put below those of the environment), else the default. */
export function settle<Name extends SettingName>(name: Name, option: string | undefined, { env, fromFile = {} }: Pick<Io, 'env' | 'fromFile'>): Settled<ValueOf<Name>> {
  const setting: Setting = settings[name]
  const { variable, fallback = variable } = setting
  if (option !== undefined) return { value: option, origin: `--${optionName(name)}` }
  const set = [variable, fallback].find((candidate) => env[candidate])
  if (set !== undefined) return { value: env[set] ?? '', origin: fromFile[set] ?? set }
  return { value: setting.default as ValueOf<Name>, origin: 'default' }
}

/** The option that sets it. `what`: in words, where a command does something of its own with it. */
export function settingOption(name: SettingName, what: string): { readonly type: 'string'; readonly requiresArg: true; readonly describe: string } {
  const { variable, otherwise }: Setting = settings[name]
  return { type: 'string', requiresArg: true, describe: `${what} (${variable}${otherwise === undefined ? '' : `, else ${otherwise}`})` }
}
