import { hostname } from 'node:os'

/** Something that an operator sets: by an option, in the environment, or in a file. */
export interface Setting {
  /** The variable that sets it. Its name in this table is its key in svc.yaml, and its option's where a command has one. */
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
  'max-connections': {
    variable: 'SVC_MAX_CONNECTIONS',
    meaning: 'How many connections svc serve keeps at most; of these 4 of 5 from one address, and 3 of 5 that watch',
    otherwise: '5000',
    default: '5000',
    example: 5000,
    schema: { type: 'integer', minimum: 10 },
  },
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
