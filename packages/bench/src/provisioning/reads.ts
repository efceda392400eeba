import type { ProvisioningStore } from '@muster/provisioning'

/** What is asked, of clusters that are there with their numbers in their names. */
export interface Scene {
  readonly store: ProvisioningStore
  readonly clusters: number
  /** The ids of the first cluster, which may be a large one, and of its last step. */
  readonly first: string
  readonly lastStep: string
  /** After which the second half of the list comes. */
  readonly middle: string
  /** The id of a cluster, by its number. */
  readonly idOf: (number: number) => string
}

export type Read = (scene: Scene, round: number) => Promise<unknown>

/** Another one each time. */
const anyOf = ({ clusters }: Scene, round: number): number => 2 + ((round * 7) % (clusters - 1))

/** By what is judged together: the ways to ask for it. */
export const reads = {
  'progress of one': {
    first: ({ store, first }) => store.cluster(first),
    any: (scene, round) => scene.store.cluster(scene.idOf(anyOf(scene, round))),
    'by name': (scene, round) => scene.store.cluster(`cluster-${anyOf(scene, round)}`),
  },
  'progress of one with its events': {
    first: ({ store, first }) => store.cluster(first, { withEvents: true }),
    any: (scene, round) => scene.store.cluster(scene.idOf(anyOf(scene, round)), { withEvents: true }),
  },
  'a page of the list': {
    first: ({ store }) => store.clusters(),
    middle: ({ store, middle }) => store.clusters({ after: middle }),
  },
  'a page of events': {
    first: ({ store, first }) => store.events(first),
    any: (scene, round) => scene.store.events(scene.idOf(anyOf(scene, round))),
    failures: ({ store, first }) => store.events(first, { successful: false }),
    'what went well, which is nothing': ({ store, first }) => store.events(first, { successful: true }),
    'last step': ({ store, first, lastStep }) => store.events(first, { step: lastStep }),
    'failures of the last step': ({ store, first, lastStep }) => store.events(first, { step: lastStep, successful: false }),
    'what went well of the last step': ({ store, first, lastStep }) => store.events(first, { step: lastStep, successful: true }),
  },
} satisfies Record<string, Record<string, Read>>
