export { networkFileSystemOf } from './folder.js'
export { Sqlite } from './sqlite.js'
export type { Sql, SqliteOptions, WaitOptions, WriteOptions } from './sqlite.js'
export type { SqlValue } from './engine.js'
