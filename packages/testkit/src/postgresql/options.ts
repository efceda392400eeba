import type { TlsFiles } from '../zookeeper/tls-files.js'

export interface PostgresqlOptions {
  /** Settings of postgresql.conf. It does not wait for the disk (`fsync`), unless they say so: what a killed server wrote the system still has. */
  readonly settings?: Readonly<Record<string, string | number>>
  /** Only connections with TLS are let in. */
  readonly tls?: TlsFiles
}

/** Who is let in: everyone without a password, save the role that needs one. */
export function accessRules({ tls }: PostgresqlOptions): string {
  const type = tls ? 'hostssl' : 'host'
  return [`${type} all ${guardedRole} all scram-sha-256`, `${type} all all all trust`, ''].join('\n')
}

/** A test makes it with the password that it likes. */
export const guardedRole = 'guarded'

/** The settings as arguments of `postgres`; `hba` and `key` are the files where the server sees them. */
export function toArguments({ settings, tls }: PostgresqlOptions, hba: string, key: string): string[] {
  const all = {
    hba_file: hba,
    unix_socket_directories: '',
    fsync: 'off',
    ...(tls && { ssl: 'on', ssl_cert_file: key, ssl_key_file: key }),
    ...settings,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
