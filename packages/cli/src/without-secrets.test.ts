import { expect, test } from '@jest/globals'

import { hasSecret, withoutSecrets, withoutSecretsIn } from './without-secrets.js'

test.each([
  ["svc has no command zookeeper://user:pass@h1:2181/?timeout=1s.", 'svc has no command zookeeper://user:***@h1:2181/?timeout=1s.'],
  ['https://u:p@a and http://b/?x=1&token=t', 'https://u:***@a and http://b/?x=1&token=***'],
  ['at file:///srv/node_modules/@muster/cli/dist/svc.js:1:2', 'at file:///srv/node_modules/@muster/cli/dist/svc.js:1:2'],
  ['nova-compute@host1', 'nova-compute@host1'],
])('%j is shown as %j', (text, shown) => {
  expect(withoutSecretsIn(text)).toBe(shown)
})

test.each([
  ['postgresql://ann:pass@db.example.org/muster?sslmode=require', 'postgresql://ann:***@db.example.org/muster?sslmode=require'],
  ['sqlite:/srv/a@b/history.db', 'sqlite:/srv/a@b/history.db'],
])('the database %j is shown as %j', (url, shown) => {
  expect(withoutSecrets(url)).toBe(shown)
})

test.each([
  ['postgresql://ann:pass@db/muster', true],
  ['zookeeper://user:pass@h1', true],
  ['zookeeper://:pass@h1', true],
  ['zookeeper://h1/?keyfile_password=x', true],
  ['zookeeper://user@h1?password_file=/run/secrets/zk', false],
  ['zookeeper://h1:2181,h2/chroot', false],
  ['http://127.0.0.1:8999', false],
  ['embedded:/srv/a@b', false],
])('whether %j has a secret: %j', (url, has) => {
  expect(hasSecret(url)).toBe(has)
})
