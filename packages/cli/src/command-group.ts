import { didYouMean, InvalidArgument } from '@muster/common'

import type { Command } from './command.js'

/** A word of `svc` that is followed by another one: `svc config show`. */
export function commandGroup(name: string, help: string, commands: Readonly<Record<string, Command>>): Command {
  const known = Object.keys(commands)
  const hint = `See svc ${name} --help`
  return {
    help,
    options: {},
    argument: undefined,
    takesCommand: false,
    commands,
    async run([first, ...rest], io) {
      if (first === undefined) throw new InvalidArgument('arguments', `svc ${name} what? ${known.join(' or ')}`, { hint })
      if (first === '--help' || first === '-h') {
        await io.write(`${help}\n\n${known.map((word) => `svc ${name} ${word} --help tells its options.\n`).join('')}`)
        return 0
      }
      const command = Object.hasOwn(commands, first) ? commands[first] : undefined
      if (command === undefined) throw new InvalidArgument('arguments', `svc ${name} has no ${first}.${didYouMean(first, known)}`, { hint })
      return command.run(rest, io)
    },
  }
}
