import { defineCommand } from '../command.js'
import { safeText } from '../safe-text.js'
import { explain } from '../services/explain.js'
import { findService, target } from '../services/find-service.js'
import { resolveTarget, targetOptions, withReader } from '../target.js'

export const command = defineCommand({
  name: 'explain',
  help: `Tells in sentences how a service is, why and by whom, since when as far as is known, and what would bring it back.

  svc explain nova-compute@host1
  svc explain host1`,
  options: { ...targetOptions },
  argument: target,
  run: async (args, io, _, word = '') => {
    const sentences = await withReader(resolveTarget(args, io.env), io, async (reader) => {
      const { uuid } = await findService(reader, word)
      return explain(await reader.explain(uuid), Date.now(), args)
    })
    await io.write(sentences.map((sentence) => `${safeText(sentence)}\n`).join(''))
    return 0
  },
})
