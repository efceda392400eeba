import { settingNames, settings } from '@muster/common'
import { expect, test } from '@jest/globals'

import { readConfig } from './read-config.js'

const read = (text: string): ReturnType<typeof readConfig> => readConfig({ path: 'svc.yaml', text })

test('each setting is read from a file, with its line', () => {
  const lines = settingNames.map((name) => `${name}: ${settings[name].example}`)
  const { values, mistakes } = read(`# all\n${lines.join('\n')}\n`)
  expect(mistakes).toEqual([])
  expect(values).toEqual(settingNames.map((name, index) => ({ name, value: String(settings[name].example), place: `svc.yaml:${index + 2}` })))
})

test.each(['', '# nothing\n', '---\n', '{}'])('%j sets nothing', (text) => {
  expect(read(text)).toEqual({ values: [], mistakes: [] })
})

test.each([
  ['prot: 1', ['svc.yaml:1: unknown key \'prot\'. Did you mean \'port\'?']],
  ['\nserve:\n  port: 1', ['svc.yaml:2: unknown key \'serve\'. The keys are endpoint, backend, database, rabbitmq, webhookAllow, notifications, eventLog, reporterTimeout, keepEvents, eraseEvery, tenant, group, name, hostname, host, port, maxConnections, rateLimit, tokenFile, caFile, certFile, keyFile, tlsCert, tlsKey, tlsClientCa, log.']],
  ['port: 65536', ['svc.yaml:1: port must be <= 65535, e.g. 8999']],
  ['port: "8999"', ['svc.yaml:1: port must be integer, e.g. 8999']],
  ['group: 007', ['svc.yaml:1: group must be string; put it in quotes, e.g. vitrage']],
  ['name:', ['svc.yaml:1: name must be string, e.g. indexer worker(0)']],
  ['log: debg', ['svc.yaml:1: log is none of trace, debug, info, warn, error, fatal, silent. Did you mean \'debug\'?']],
  ['- port', ['svc.yaml: the file must say one setting a line, such as \'port: 8999\'']],
  ['host: a\nhost: b', ['svc.yaml:2: Map keys must be unique']],
  ['host: [', [expect.stringMatching(/^svc\.yaml:1: Flow sequence/)]],
  ['host: a\n\nprot: 1\nlog: x\nport: -1', [expect.stringMatching(/:3: unknown/), expect.stringMatching(/:4: log/), expect.stringMatching(/:5: port/)]],
])('%j is a mistake that is told with its line', (text, mistakes) => {
  expect(read(text)).toEqual({ values: [], mistakes })
})

test('a wrong value is not told: it may be a password', () => {
  const { mistakes } = read('backend: user:secret@zk1')
  expect(mistakes).toEqual([])
  expect(read('endpoint: user:secret@zk1').mistakes).toEqual(['svc.yaml:1: endpoint is no such URL as http://127.0.0.1:8999'])
})

test('aliases that would fill the memory are a mistake', () => {
  const levels = Array.from('abcdefghij').map((name, index, all) => `${name}: &${name} [${Array(9).fill(index === 0 ? 'x' : `*${all[index - 1] ?? ''}`).join(', ')}]`)
  expect(read(levels.join('\n')).mistakes).toEqual([expect.stringContaining('svc.yaml: Excessive alias count')])
})
