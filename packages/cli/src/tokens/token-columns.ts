import { isExpired } from '@muster/servicegroup'
import type { Token } from '@muster/servicegroup'

import type { Column } from '../output/list-printer.js'
import { down, up } from '../output/marks.js'

/** What is told of a token. */
export const tokenColumns: readonly Column<Token>[] = [
  { title: 'Id', value: ({ id }) => id },
  { title: 'Name', value: ({ name }) => name },
  { title: 'Role', value: ({ role }) => role },
  { title: 'State', value: (token, now) => (isExpired(token, now) ? 'expired' : 'good'), marks: (state) => (state === 'good' ? up : down) },
  { title: 'Created At', value: ({ createdAt }) => createdAt },
  { title: 'Expires At', value: ({ expiresAt }) => expiresAt },
  { title: 'Created By', value: ({ createdBy }) => createdBy },
  { title: 'Source', value: ({ source }) => source, onRequest: true },
]
