import { exitStatusByCode } from '@muster/common'

import { defineCommand } from '../command.js'
import { openConfig } from '../config/find-config.js'
import { say } from '../io.js'

export const command = defineCommand({
  name: 'config check',
  help: `Checks a file of settings. Exits with 0 when it is in order, else with 64 and all that is wrong with it.

  svc config check /etc/muster/svc.yaml`,
  options: {},
  argument: { name: 'FILE', of: 'file' },
  readsNoConfig: true,
  run: async (_, io, _command, path = '') => {
    const { readConfig } = await import('../config/read-config.js')
    const { values, mistakes } = readConfig(openConfig(path))
    for (const mistake of mistakes) say(io, mistake)
    if (mistakes.length > 0) return exitStatusByCode.invalid_argument
    await io.write(`${path} is in order: ${values.length === 0 ? 'it sets nothing' : `it sets ${values.map(({ name }) => name).join(', ')}`}\n`)
    return 0
  },
})
