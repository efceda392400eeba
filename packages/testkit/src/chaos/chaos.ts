import fc from 'fast-check'

import { freshSeed } from '../seeded-random.js'
import type { ProofOptions, ProofResult } from '../proofs/proof.js'
import { check } from './check.js'
import { Counts } from './counts.js'
import { embeddedTheatre } from './embedded-theatre.js'
import type { History } from './history.js'
import type { Plan } from './plan.js'
import { play } from './play.js'
import type { Theatre } from './stage.js'
import { toStory } from './story.js'
import { Troupe } from './troupe.js'
import { ensembleTheatre, zookeeperTheatre } from './zookeeper-theatre.js'

export const theatres = {
  embedded: (): Promise<Theatre> => Promise.resolve(embeddedTheatre),
  zookeeper: zookeeperTheatre,
  ensemble: ensembleTheatre,
} as const

export interface ChaosOptions extends ProofOptions {
  /** Default 1. */
  readonly minutes?: number
  /** What the clients are. Default: real ones. */
  readonly program?: URL
  /** How long to look for a smaller plan that fails, ms. Default 120,000. */
  readonly shrinkMs?: number
}

interface Failure {
  readonly plan: Plan
  readonly wrong: readonly string[]
  readonly history: History
}

/** A slow machine gets this many times as long to let enough happen. */
const patience = 10
/** What fails once may go well the next time: a smaller plan is acquitted after so many plays. */
const playsToAcquit = 2

/**
 * Plays one plan after the other and judges each; the seed of each is one more than that of the one before it. The first that
 * fails is made as small as it can be in `shrinkMs`, is told, and ends the run.
 */
export async function run(backend: keyof typeof theatres, options: ChaosOptions = {}): Promise<ProofResult> {
  const { minutes = 1, seed = freshSeed(), log = () => {}, program, shrinkMs = 120_000 } = options
  await using theatre = await theatres[backend]()
  await using troupe = new Troupe(program)
  const counts = new Counts()
  const begun = performance.now()
  const isOver = (): boolean => performance.now() - begun >= (counts.isEnough ? 1 : patience) * minutes * 60_000
  for (let at = seed; at === seed || !isOver(); at += 1) {
    const failure = await findFailure(theatre, troupe, counts, at, shrinkMs)
    if (!failure) continue
    log(`${toStory(failure.plan, failure.wrong, failure.history)}\n${backend}: the plan of seed ${at} fails: npm run test:chaos -- --backend ${backend} --seed ${at}`)
    return { name: `chaos on ${backend}`, seed: at, bars: counts.bars(failure.wrong.length) }
  }
  return { name: `chaos on ${backend}`, seed, bars: counts.bars(0) }
}

async function findFailure(theatre: Theatre, troupe: Troupe, counts: Counts, seed: number, shrinkMs: number): Promise<Failure | undefined> {
  let smallest: Failure | undefined
  let shrinkUntil = Infinity
  const isFine = async (plan: Plan): Promise<boolean> => {
    for (let plays = smallest ? playsToAcquit : 1; plays > 0 && performance.now() < shrinkUntil; plays -= 1) {
      const history = await play(theatre, troupe, plan)
      const wrong = check(history)
      if (!smallest) {
        counts.add(history)
        shrinkUntil = performance.now() + shrinkMs
      }
      if (wrong.length === 0) continue
      smallest = { plan, wrong, history }
      return false
    }
    return true
  }
  await fc.check(fc.asyncProperty(theatre.plans, isFine), { seed, numRuns: 1, unbiased: true })
  return smallest
}
