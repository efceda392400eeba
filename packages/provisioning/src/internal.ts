/** For sibling packages and proofs: outside the promises of semantic versioning. */
export { migrations, tablesOf } from './sql/tables.js'
export type { Tables } from './sql/tables.js'
