import { Kysely, SqliteDialect } from 'kysely'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

import type { Engine as SqliteConnection, EngineStatement, SqlValue } from '../engine.js'

const mostStatements = 200

/** A connection in the shape that Kysely takes; each text is compiled once. */
function asKyselyTakesIt(connection: SqliteConnection, begin: string): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  const run = (statement: EngineStatement, values: readonly SqlValue[]): { changes: number | bigint } => {
    try {
      return statement.run(...values)
    } catch (error) {
      if (statement === rollback) return { changes: 0 } // the engine has rolled back by itself, as it does after a full disk
      throw error
    }
  }
  let rollback: EngineStatement | undefined
  const prepare = (text: string): SqliteStatement => {
    const statement = connection.prepare(text === 'begin' ? begin : text)
    if (text === 'rollback') rollback = statement
    const values = (parameters: readonly unknown[]): SqlValue[] => parameters as SqlValue[]
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...values(parameters)),
      run: (parameters) => ({ ...run(statement, values(parameters)), lastInsertRowid: 0 }), // nobody asks for it: PostgreSQL has none
      iterate: (parameters) => statement.all(...values(parameters)).values(),
    }
  }
  return {
    prepare: (text) => {
      let statement = statements.get(text)
      if (!statement) {
        if (statements.size >= mostStatements) statements.clear()
        statements.set(text, (statement = prepare(text)))
      }
      return statement
    },
    close: () => undefined, // only where it was used; the engine closes it
  }
}

/** Kysely on a connection; each transaction begins with that statement. */
export const kyselyOn = <Tables>(connection: SqliteConnection, begin: string): Kysely<Tables> => new Kysely<Tables>({ dialect: new SqliteDialect({ database: asKyselyTakesIt(connection, begin) }) })
