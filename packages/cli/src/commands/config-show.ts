import { optionName, settingNames } from '@muster/common'
import type { SettingName } from '@muster/common'

import { defineCommand } from '../command.js'
import { settingOption, settle } from '../config/settle.js'
import { listPrinter } from '../output/list-printer.js'
import type { Column } from '../output/list-printer.js'
import { outputOptions } from '../output/options.js'
import { accessOptions } from '../server-access.js'
import { withoutSecrets } from '../without-secrets.js'

interface Row {
  readonly name: SettingName
  readonly value: string | undefined
  readonly origin: string
}

const urls: readonly SettingName[] = ['endpoint', 'backend', 'database', 'rabbitmq']

const whatHolds: readonly Column<Row>[] = [
  { title: 'Setting', value: ({ name }) => name },
  { title: 'Value', value: ({ name, value }) => (value === undefined ? null : urls.includes(name) ? withoutSecrets(value) : value) },
]

const origin: Column<Row> = { title: 'Origin', value: (row) => row.origin }

export const command = defineCommand({
  name: 'config show',
  help: `Shows the settings that hold, without passwords.

  svc config show
  svc config show --origin       and where each comes from
  svc config show --port 9000    as they would be with an option

A file, svc.yaml, says what an option or a variable may say as well, one setting a line: backend: zookeeper://zk1,zk2,zk3
It is the one that --config or SVC_CONFIG names, else ~/.config/muster/svc.yaml, else /etc/muster/svc.yaml.`,
  options: {
    origin: { type: 'boolean', describe: 'Say where each comes from: an option, a variable, file and line, or the default' },
    endpoint: settingOption('endpoint', 'As other commands take it'),
    backend: settingOption('backend', 'As other commands take it'),
    database: settingOption('database', 'As svc changes and svc serve take it'),
    group: settingOption('group', 'As svc run takes it'),
    name: settingOption('name', 'As svc run takes it'),
    hostname: settingOption('hostname', 'As svc run takes it'),
    rabbitmq: settingOption('rabbitmq', 'As svc serve takes it'),
    'webhook-allow': settingOption('webhookAllow', 'As svc serve takes it'),
    notifications: settingOption('notifications', 'As svc serve takes it'),
    'event-log': settingOption('eventLog', 'As svc serve takes it'),
    'reporter-timeout': settingOption('reporterTimeout', 'As svc serve takes it'),
    'keep-events': settingOption('keepEvents', 'As svc serve takes it'),
    'erase-every': settingOption('eraseEvery', 'As svc serve takes it'),
    host: settingOption('host', 'As svc serve takes it'),
    port: settingOption('port', 'As svc serve takes it'),
    'max-connections': settingOption('maxConnections', 'As svc serve takes it'),
    'rate-limit': settingOption('rateLimit', 'As svc serve takes it'),
    'tls-cert': settingOption('tlsCert', 'As svc serve takes it'),
    'tls-key': settingOption('tlsKey', 'As svc serve takes it'),
    'tls-client-ca': settingOption('tlsClientCa', 'As svc serve takes it'),
    ...accessOptions,
    ...outputOptions,
  },
  run: async (args, io) => {
    const print = listPrinter(args.origin === true ? [...whatHolds, origin] : whatHolds, args, io)
    const given: Readonly<Record<string, unknown>> = args
    const optionOf = (name: SettingName): string | undefined => given[optionName(name)] as string | undefined
    await print(settingNames.map((name) => ({ name, ...settle(name, optionOf(name), io) })))
    return 0
  },
})
