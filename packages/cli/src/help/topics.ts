import { environmentVariables } from '@muster/common'

import { describeExitCodes } from './exit-codes.js'

function describeEnvironment(): string {
  const width = Math.max(...Object.keys(environmentVariables).map((name) => name.length))
  const rows = Object.entries(environmentVariables).map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`)
  return `What svc and the libraries read from the environment. Options go before it; an empty variable counts as none.\n\n${rows.join('\n')}\n\nsvc lock and svc elect set SVC_FENCING_TOKEN for their command: a number that grows from holder to holder.\n`
}

const formats = `How lists are printed, as OpenStack's clients print theirs (with cliff):

  -f table  the default: a box that lines up on a terminal
  -f json   an array of objects with the titles of the table as keys, null for what is absent
  -f yaml   the same in YAML
  -f csv    a line of titles, then a line for each row; --quote says what stands in quotes
  -f value  the cells alone, between spaces

-c COLUMN picks columns, --sort-column sorts; svc list --help names them all.

svc doctor -f json prints one object: its exitStatus, and its checks with check, status, found and advice.
svc progress -f json prints one object, a cluster as GET /v1/cluster/{id} has it, with the events of its steps.
Lists go to stdout, all that is said about them to stderr. Control characters in what members say of
themselves are shown as \\n, \\x1b or \\u202e, so that they cannot act on a terminal.
`

const targets = `How a service is named, wherever TARGET stands:

  nova-compute@host1   its type and its host
  5f0c2d41-...         its uuid, or four characters or more that no other uuid begins with
  host1                its host, if that has one service
  'indexer worker(0)'  the name of a worker of it

A word that may mean several ends in status 64 and the list of them; one that means none in 3.

A cluster, NAME, is named by its name within the tenant, or by its id.

Changes ask first, [y/N], on a terminal; elsewhere they need --yes, except svc enable. --dry-run shows what would
change. Each says what it has done, and the command that takes it back.
`

/** What `svc help` can tell besides the commands. */
export const topics: Readonly<Record<string, () => string>> = {
  'exit-codes': describeExitCodes,
  environment: describeEnvironment,
  formats: () => formats,
  targets: () => targets,
}
