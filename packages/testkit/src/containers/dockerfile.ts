import { DockerfileParser } from 'dockerfile-ast'
import type { Arg, Copy, Env } from 'dockerfile-ast'

/** One instruction: its word, what follows its flags as it is written, and the flags by name. */
export interface Step {
  readonly keyword: string
  readonly text: string
  readonly flags: Readonly<Record<string, string>>
  /** What ARG, ENV and LABEL set. */
  readonly values: Readonly<Record<string, string>>
}

export interface Stage {
  readonly image: string
  /** Its name, else its number from 0. */
  readonly name: string
  readonly steps: readonly Step[]
}

const variable = /\$(?:\{(\w+)\}|(\w+))/g

/** Puts in the values of variables; those that are not known stay as they are. */
export const expand = (text: string, values: Readonly<Record<string, string | undefined>>): string =>
  text.replace(variable, (whole, braced: string | undefined, bare: string | undefined) => values[braced ?? bare ?? ''] ?? whole)

/** The stages of a Dockerfile, in order, with the defaults of its ARGs put into the names of images. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { image: string; name: string; steps: Step[] }[] = []
  const globals: Record<string, string> = {}
  const dockerfile = DockerfileParser.parse(text)
  for (const instruction of dockerfile.getInstructions()) {
    const keyword = instruction.getKeyword()
    const stage = stages.at(-1)
    const values = valuesOf(instruction)
    if (keyword === 'FROM') {
      const from = dockerfile.getFROMs()[stages.length]
      stages.push({ image: expand(from?.getImage() ?? '', globals), name: from?.getBuildStage() ?? String(stages.length), steps: [] })
    } else if (stage === undefined) {
      Object.assign(globals, values)
    } else {
      const flags = 'getFlags' in instruction ? (instruction as Copy).getFlags() : []
      const named = Object.fromEntries(flags.map((flag) => [flag.getName(), flag.getValue() ?? '']))
      stage.steps.push({ keyword, text: instruction.getRawArgumentsContent() ?? '', flags: named, values })
    }
  }
  return stages
}

function valuesOf(instruction: object): Record<string, string> {
  const one = 'getProperty' in instruction ? [(instruction as Arg).getProperty()] : []
  const properties = 'getProperties' in instruction ? (instruction as Env).getProperties() : one
  return Object.fromEntries(properties.flatMap((property) => (property ? [[property.getName(), property.getValue() ?? '']] : [])))
}
