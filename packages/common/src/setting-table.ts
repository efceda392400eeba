import { hostname } from 'node:os'

/** Something that an operator sets: by an option, in the environment, or in a file. */
export interface Setting {
  /** The variable that sets it. Its name in this table is its key in svc.yaml, and its option's (`optionName`) where a command has one. */
  readonly variable: string
  /** Another variable that sets it where the first does not. */
  readonly fallback?: string
  /** A variable that sets something else which goes before the same setting in a file. */
  readonly rival?: string
  /** What it says. */
  readonly meaning: string
  /** What holds without it, in words. */
  readonly otherwise?: string
  /** What holds without it, where that is always the same. */
  readonly default?: string
  readonly example: string | number
  /** What a file may say, as JSON Schema. */
  readonly schema: Readonly<Record<string, unknown>>
}

const text = { type: 'string', minLength: 1 } as const

/** How much may be logged. */
export const logLevels: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/**
 * Every setting that may stand in svc.yaml. What checks and shows a file, the options of commands and the topics of help
 * are made of this table.
 */
export const settings = {
  endpoint: {
    variable: 'SVC_ENDPOINT',
    rival: 'SVC_BACKEND',
    meaning: 'The server that reading commands ask, e.g. http://127.0.0.1:8999; goes before SVC_BACKEND',
    example: 'http://127.0.0.1:8999',
    schema: { type: 'string', pattern: '^https?://' },
  },
  backend: {
    variable: 'SVC_BACKEND',
    meaning: 'The backend to read, join and serve, e.g. zookeeper://zk1,zk2,zk3',
    otherwise: 'the embedded store',
    default: 'embedded:',
    example: 'zookeeper://zk1,zk2,zk3',
    schema: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9+.-]*:' },
  },
  database: {
    variable: 'SVC_DATABASE',
    meaning: 'The database of the history: sqlite:<file> or postgresql://..., or none',
    otherwise: 'history.db beside the embedded store',
    example: 'postgresql://muster@db/muster',
    schema: { type: 'string', pattern: '^(none$|sqlite:|postgres(ql)?:)' },
  },
  rabbitmq: {
    variable: 'SVC_RABBITMQ',
    meaning: 'A RabbitMQ that svc serve tells of changes of services, as Nova does; ?exchange=nova&topic=versioned_notifications&durable=true say where',
    otherwise: 'none is told',
    example: 'amqp://muster@rabbit1,rabbit2/nova',
    schema: { type: 'string', pattern: '^amqps?:' },
  },
  webhookAllow: {
    variable: 'SVC_WEBHOOK_ALLOW',
    meaning: 'Ranges of addresses, between commas, that are not public and that webhooks may be sent to all the same',
    otherwise: 'none',
    example: '10.1.0.0/16,fd00::/8',
    schema: text,
  },
  notifications: {
    variable: 'SVC_NOTIFICATIONS',
    meaning: 'off: svc serve tells neither webhooks nor a RabbitMQ, and answers no /v1/notification',
    otherwise: 'on',
    default: 'on',
    example: 'on',
    schema: { enum: ['on', 'off'] },
  },
  eventLog: {
    variable: 'SVC_EVENT_LOG',
    meaning: 'off: svc serve and svc cluster write neither steps nor events of clusters, and say so',
    otherwise: 'on',
    default: 'on',
    example: 'on',
    schema: { enum: ['on', 'off'] },
  },
  reporterTimeout: {
    variable: 'SVC_REPORTER_TIMEOUT',
    meaning: 'A step of a cluster is incomplete after so long without a report',
    otherwise: '10m',
    default: '10m',
    example: '10m',
    schema: text,
  },
  keepEvents: {
    variable: 'SVC_KEEP_EVENTS',
    meaning: 'How long svc serve keeps the events of a step that is done; those of a failed one stay',
    otherwise: '1h',
    default: '1h',
    example: '1h',
    schema: text,
  },
  eraseEvery: {
    variable: 'SVC_ERASE_EVERY',
    meaning: 'How often svc serve looks for events of clusters to erase; 0: never',
    otherwise: '1m',
    default: '1m',
    example: '1m',
    schema: text,
  },
  tenant: { variable: 'SVC_TENANT', meaning: 'Whose clusters svc cluster and svc progress are about', otherwise: 'default', default: 'default', example: 'blue', schema: { type: 'string', minLength: 1, maxLength: 36 } },
  group: { variable: 'SVC_GROUP', meaning: 'The group that a worker joins', otherwise: 'default', default: 'default', example: 'vitrage', schema: text },
  name: { variable: 'SVC_NAME', meaning: 'The name of a worker', otherwise: 'that of its command or script', example: 'indexer worker(0)', schema: text },
  hostname: {
    variable: 'SVC_HOSTNAME',
    fallback: 'HOST_HOSTNAME',
    meaning: 'The name of this host in lists',
    otherwise: 'HOST_HOSTNAME, else the system\'s',
    get default() {
      return hostname()
    },
    example: 'controller-1',
    schema: text,
  },
  host: { variable: 'SVC_HOST', meaning: 'The address that svc serve listens on', otherwise: '127.0.0.1', default: '127.0.0.1', example: '127.0.0.1', schema: text },
  port: { variable: 'SVC_PORT', meaning: 'The port that svc serve listens on', otherwise: '8999', default: '8999', example: 8999, schema: { type: 'integer', minimum: 0, maximum: 65_535 } },
  maxConnections: {
    variable: 'SVC_MAX_CONNECTIONS',
    meaning: 'How many connections svc serve keeps at most; of these 4 of 5 from one address, and 3 of 5 that watch',
    otherwise: '5000',
    default: '5000',
    example: 5000,
    schema: { type: 'integer', minimum: 10 },
  },
  rateLimit: {
    variable: 'SVC_RATE_LIMIT',
    meaning: 'How many requests a second svc serve answers with one token; 0 is any number',
    otherwise: '100',
    default: '100',
    example: 100,
    schema: { type: 'integer', minimum: 0, maximum: 1_000_000 },
  },
  tokenFile: { variable: 'SVC_TOKEN_FILE', meaning: 'The file with the token that svc shows to a server', example: '/run/secrets/svc-token', schema: text },
  caFile: { variable: 'SVC_CA_FILE', meaning: 'The certificate of the authority that signed the server\'s, for an https endpoint', otherwise: 'those that the system knows', example: '/etc/muster/ca.pem', schema: text },
  certFile: { variable: 'SVC_CERT_FILE', meaning: 'The certificate that svc shows to a server that wants one', example: '/etc/muster/client.pem', schema: text },
  keyFile: { variable: 'SVC_KEY_FILE', meaning: 'Its key', example: '/etc/muster/client.key', schema: text },
  tlsCert: { variable: 'SVC_TLS_CERT', meaning: 'The certificate of svc serve, which then speaks https', example: '/etc/muster/server.pem', schema: text },
  tlsKey: { variable: 'SVC_TLS_KEY', meaning: 'Its key', otherwise: 'in the same file', example: '/etc/muster/server.key', schema: text },
  tlsClientCa: { variable: 'SVC_TLS_CLIENT_CA', meaning: 'The authority that must have signed the certificates of the clients of svc serve', otherwise: 'they need none', example: '/etc/muster/clients-ca.pem', schema: text },
  log: {
    variable: 'SVC_LOG',
    meaning: 'How much is logged: debug, info, warn, error, silent',
    otherwise: 'info. With debug, svc adds to an error where it comes from',
    default: 'info',
    example: 'info',
    schema: { enum: logLevels },
  },
} as const satisfies Readonly<Record<string, Setting>>

/** The name of a setting. */
export type SettingName = keyof typeof settings

/** Their names. */
export const settingNames = Object.keys(settings) as readonly SettingName[]

/** How a command's option for it is spelt: `--rate-limit` of rateLimit. */
export const optionName = (name: SettingName): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
