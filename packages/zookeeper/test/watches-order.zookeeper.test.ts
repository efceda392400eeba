import { expect, test } from '@jest/globals'
import { createClient } from '@muster/zookeeper'

import { freshPath } from './following.js'
import { oneServer } from './one-server.js'

const all = oneServer()

test('no answer overtakes the event of a change that it shows, in ten thousand answers under many changes', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using reader = createClient(all.server.endpoint)
  let told = 0
  await reader.watch(path, { recursive: true, onEvent: () => (told += 1) })
  let isOver = false
  const change = async (): Promise<void> => {
    while (!isOver) await Promise.all(Array.from({ length: 10 }, () => all.zk.setData(path, Buffer.alloc(10))))
  }
  const changed = change()
  let [answers, overtaken, highest] = [0, 0, 0]
  const read = async (): Promise<void> => {
    while (answers < 10_000) {
      const { stat } = await reader.getData(path)
      answers += 1
      highest = Math.max(highest, stat.version)
      if (told < stat.version) overtaken += 1
    }
  }
  await Promise.all(Array.from({ length: 50 }, read))
  isOver = true
  await changed
  expect([answers >= 10_000, highest > 100, overtaken]).toEqual([true, true, 0])
})

test('a one-shot watch is there as soon as its answer is: a change right behind it is told, thousands of times over', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using zk = createClient(all.server.endpoint)
  const rounds = 3000
  let told = 0
  await Promise.all(
    Array.from({ length: rounds }, (_, index) => {
      const [read, change] = [zk.exists(`${path}/${index}`, { watch: () => (told += 1) }), zk.create(`${path}/${index}`)]
      return Promise.all([read, change])
    }),
  )
  expect(told).toBe(rounds)
})

test('three thousand events and answers in one burst, with deep work in each, overflow no stack and keep their order', async () => {
  const path = freshPath()
  await all.zk.create(path)
  await using zk = createClient(all.server.endpoint)
  const events: string[] = []
  const deep = (depth: number): number => (depth === 0 ? 0 : 1 + deep(depth - 1))
  await zk.watch(path, {
    recursive: true,
    onEvent: ({ type, path: at }) => {
      deep(3000)
      events.push(`${type} ${at}`)
    },
  })
  await all.zk.sync()
  const names = Array.from({ length: 3000 }, (_, index) => `${path}/${index}`)
  const answers: number[] = []
  const reads = names.map((_, index) => zk.exists(path).then(() => {
    deep(3000)
    answers.push(index)
  }))
  await all.zk.multi(names.map((at) => ({ op: 'create', path: at })))
  await Promise.all([...reads, zk.sync()])
  expect(events).toEqual(names.map((at) => `created ${at}`))
  expect(answers).toEqual(names.map((_, index) => index))
})
