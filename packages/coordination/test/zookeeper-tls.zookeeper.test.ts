import { expect, test } from '@jest/globals'
import { openCoordinator } from '@muster/coordination'
import { makeTlsFiles, startZooKeeper, temporaryFolder } from '@muster/testkit'

test("tooz's options for TLS make a session with certificates on both sides; without them, or to another authority, there is none", async () => {
  await using folder = await temporaryFolder()
  const tls = await makeTlsFiles(folder.path)
  await using server = await startZooKeeper({ tls })
  const url = (options: Readonly<Record<string, string>>): string => `zookeeper://${server.secureEndpoint ?? ''}?${new URLSearchParams({ timeout: '2s', use_ssl: 'True', ...options }).toString()}`
  await using coordinator = await openCoordinator(url({ ca: tls.ca, certfile: tls.clientCertificate, keyfile: tls.clientKey }), { memberId: 'm' })
  await coordinator.joinGroupCreate('g')
  expect(await coordinator.getMembers('g')).toEqual(['m'])
  for (const options of [{ ca: tls.ca }, { certfile: tls.clientCertificate, keyfile: tls.clientKey }]) {
    await using refused = await openCoordinator(url(options))
    await expect(refused.getGroups()).rejects.toMatchObject({ code: 'backend_unreachable' })
  }
  await using trusting = await openCoordinator(url({ verify_certs: 'false', certfile: tls.clientCertificate, keyfile: tls.clientKey }))
  expect((await trusting.getGroups()).map(({ group }) => group)).toEqual(['g'])
}, 60_000)
