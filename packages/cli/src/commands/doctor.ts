import { defineCommand } from '../command.js'
import { runChecks } from '../doctor/check.js'
import type { Check, Line } from '../doctor/check.js'
import { installationChecks } from '../doctor/installation.js'
import { familyOf, placeCheck } from '../doctor/place.js'
import { exitStatusOf, formatJson, formatLine, formatSummary } from '../doctor/report.js'
import { resolveTarget, targetOptions } from '../target.js'

export const command = defineCommand({
  name: 'doctor',
  help: `Looks whether everything is in order, and says what to do if not. It leaves nothing behind and shows no password.

  svc doctor
  svc doctor --backend zookeeper://zk1,zk2,zk3
  svc doctor --endpoint http://127.0.0.1:8999 -f json

Exits with 0 when all is in order, 1 when something is not, 69 when the backend or server cannot be used.`,
  options: {
    format: { alias: 'f', type: 'string', choices: ['table', 'json'], default: 'table', requiresArg: true, describe: 'How to print' },
    ...targetOptions,
  },
  run: async (args, io) => {
    const target = resolveTarget(args, io.env)
    const family = await familyOf(target)
    const checks: readonly Check[] = [...installationChecks, placeCheck(args, io), ...family.checks]
    const lines: Line[] = []
    try {
      for await (const line of runChecks(checks)) {
        lines.push(line)
        if (args.format === 'table' && !line.isMoot) await io.write(formatLine(line, io))
      }
    } finally {
      await family.close?.()
    }
    await io.write(args.format === 'json' ? formatJson(lines) : formatSummary(lines, io))
    return exitStatusOf(lines)
  },
})
