import { expect, test } from '@jest/globals'
import fc from 'fast-check'

import type { Operation } from './operations.js'
import { Queue } from './queue.js'
import { Request } from './request.js'

const operation: Operation<void> = { opcode: 0, text: 'nothing', changes: false, write: () => {}, read: () => undefined }

function newRequest(deadline: number): Request {
  const request: Request = new Request<unknown>(operation, deadline)
  request.promise.catch(() => {})
  return request
}

type Step = 'push' | 'shift' | 'putBack' | 'settle' | 'overdue' | 'fail'
const steps = fc.array(fc.tuple(fc.constantFrom<Step>('push', 'push', 'push', 'shift', 'shift', 'putBack', 'settle', 'overdue', 'fail'), fc.nat(20)), { maxLength: 100 })

test('requests come out in the order of their calls, those sent in vain first; none that was settled, none twice, none lost', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const queue = new Queue()
      let model: Request[] = []
      let sent: Request[] = []
      let now = 0
      for (const [step, number] of script) {
        now += 1
        if (step === 'push') {
          const request = newRequest(now + 10)
          queue.push(request)
          model.push(request)
        } else if (step === 'shift') {
          const request = queue.shift()
          expect(request).toBe(model.find(({ settled }) => !settled))
          model = request ? model.slice(model.indexOf(request) + 1) : []
          if (request) sent.push(request)
        } else if (step === 'putBack') {
          queue.putBack(sent)
          model = [...sent, ...model]
          sent = []
        } else if (step === 'settle') model[number]?.fail(new Error('given up'))
        else if (step === 'overdue') {
          for (const request of queue.takeOverdue(now)) request.fail(new Error('late'))
          const kept = model.findIndex(({ settled, deadline }) => !settled && deadline > now)
          for (const request of model.splice(0, kept < 0 ? model.length : kept)) expect(request.settled).toBe(true)
        } else {
          queue.failWhere(({ deadline }) => (deadline % 3 === 0 ? new Error('refused') : undefined))
          for (const request of model) expect(request.settled || request.deadline % 3 !== 0).toBe(true)
          model = model.filter(({ deadline }) => deadline % 3 !== 0)
        }
        expect(queue.length).toBe(model.length)
        expect(queue.nextDeadline).toBe(model[0]?.deadline ?? Infinity)
      }
      expect(queue.drain()).toEqual(model)
    }),
    { numRuns: 500 },
  )
})
