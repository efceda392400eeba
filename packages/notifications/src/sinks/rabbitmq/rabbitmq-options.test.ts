import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'

import { parseBrokerUrl } from './rabbitmq-options.js'
import { rabbitmqSink } from './rabbitmq-sink.js'

test.each([
  ['amqp://h', { protocol: 'amqp', brokers: [{ hostname: 'h', port: 5672 }], username: 'guest', password: 'guest', vhost: '/', heartbeatSeconds: 10, shown: 'amqp://h/' }],
  ['amqps://u:p%40ss@h1,[::1]:5699/my%2Fhost?heartbeat=30s&cacertfile=/ca.pem', { protocol: 'amqps', brokers: [{ hostname: 'h1', port: 5671 }, { hostname: '::1', port: 5699 }], username: 'u', password: 'p@ss', vhost: 'my/host', heartbeatSeconds: 30, tls: { ca: '/ca.pem' } }],
  ['amqp://h/?exchange=events&topic=a%2Fb&durable=true&declare_queue=no', { destination: { exchange: 'events', topic: 'a/b', durable: true, declareQueue: false } }],
  ['amqp://u@h/%2F', { username: 'u', password: 'of the environment', vhost: '/', shown: 'amqp://h/' }],
])('%s is read', (url, access) => {
  expect(parseBrokerUrl(url, { SVC_RABBITMQ_PASSWORD: 'of the environment' })).toMatchObject(access)
})

test('the password may be in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-'))
  await writeFile(join(folder, 'secret'), 'sesame\n')
  expect(parseBrokerUrl(`amqp://u@h/?password_file=${join(folder, 'secret')}`)).toMatchObject({ username: 'u', password: 'sesame' })
  await rm(folder, { recursive: true })
  expect(() => parseBrokerUrl(`amqp://u@h/?password_file=${join(folder, 'secret')}`)).toThrow(/^password_file: .*secret cannot be read \(ENOENT\)$/)
})

test.each([
  ['redis://u:sesame@h', 'This is no URL of a RabbitMQ'],
  ['amqp://u:12/sesame@h', 'This is no URL of a RabbitMQ'],
  ['amqp://u:sesame@h:99999', 'Server 1 of the URL is no host:port'],
  ['amqp://u:sesame@h1,:5', 'Server 2 of the URL is no host:port'],
  ['amqp://u:sesame@h/%zz', 'The URL has a broken %XX'],
  ['amqp://u@h', 'The URL has a user without a password, or a password without a user'],
  ['amqp://u:sesame@h?password_file=f', 'The URL has a password and a password_file; give one of them'],
  ['amqp://u:sesame@h?hartbeat=1', "'hartbeat' is no option of a RabbitMQ. Did you mean 'heartbeat'?"],
  ['amqp://u:sesame@h?exchang=nova', "'exchang' is no option of a RabbitMQ. Did you mean 'exchange'?"],
  ['amqp://u:sesame@h?durable=maybe', 'durable: give true or false'],
  ['amqp://u:sesame@h?topic=a&topic=b', 'topic is given more than once'],
  ['amqp://u:sesame@h?heartbeat=0', 'heartbeat: 0 is out of range'],
  ['amqp://u:sesame@h?cacertfile=f', 'cacertfile is given, but not amqps://'],
])('%s is refused without its password', (url, message) => {
  expect(() => parseBrokerUrl(url, {})).toThrow(expect.objectContaining({ code: 'invalid_argument', message }))
})

test.each(['exchange=', 'exchange=amq.topic', 'topic='])('a URL that cannot be meant is refused: %s', (query) => {
  expect(() => rabbitmqSink({ url: `amqp://h?${query}` })).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})

test.each([{ exchange: '' }, { exchange: 'amq.topic' }, { topic: 'x'.repeat(201) }, { timeoutMs: 0 }, { timeoutMs: NaN }])('what cannot be meant is refused: %j', (options) => {
  expect(() => rabbitmqSink({ url: 'amqp://h', ...options })).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
})
