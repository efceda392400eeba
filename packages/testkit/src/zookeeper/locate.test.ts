import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, test } from '@jest/globals'

import { temporaryFolder } from '../temporary-folder.js'
import { installOnDebian } from './install.js'
import { lookInHome } from './places.js'

const run = promisify(execFile)
const runTests = fileURLToPath(new URL('../../../../scripts/run-tests.js', import.meta.url))

test('without any ZooKeeper the other tests run, and then it fails with what was tried and what to install', async () => {
  await using empty = await temporaryFolder()
  const env = {
    ...process.env,
    PATH: empty.path, // no Java
    JAVA_HOME: undefined,
    ZOOKEEPER_HOME: empty.path,
    SVC_TEST_ZOOKEEPER: undefined,
    SVC_TEST_INSTALL: '0',
    TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX: '127.0.0.1:1', // where a Docker engine, if there is one, finds no image
  }
  const failure: unknown = await run(process.execPath, [runTests, 'testkit/dist/(seeded-random|zookeeper/server)'], { env }).catch((error: unknown) => error)
  const { code, stdout, stderr } = failure as { code: number; stdout: string; stderr: string }
  expect([code, stdout.trim()]).toEqual([1, expect.stringMatching(/^\d+ passed, 0 failed$/)])
  expect(stderr).toContain('seeded-random.test.js')
  expect(stderr).not.toContain('server.zookeeper.test.js')
  const reasons = ['ZOOKEEPER_HOME .*has no zookeeper.jar', 'Docker .*(no engine answers|could not be pulled|127.0.0.1:1)', "Debian's package zookeeper .*(no Java|there is no)"]
  for (const line of [...reasons, "installing Debian's package .*turned off by SVC_TEST_INSTALL=0", 'apt-get install zookeeper']) {
    expect(stderr.slice(stderr.indexOf('FAILED: the tests that need a ZooKeeper did not run'))).toMatch(new RegExp(`^  .*${line}`, 'm'))
  }
}, 60_000)

test('a ZOOKEEPER_HOME without jars, or without a Java, is told as such', async () => {
  await using folder = await temporaryFolder()
  await expect(lookInHome({})).rejects.toThrow('not set')
  await expect(lookInHome({ ZOOKEEPER_HOME: folder.path })).rejects.toThrow(`${folder.path} has no zookeeper.jar`)
  await mkdir(join(folder.path, 'lib'))
  await writeFile(join(folder.path, 'lib', 'zookeeper-3.9.4.jar'), '')
  await writeFile(join(folder.path, 'lib', 'zookeeper-jute-3.9.4.jar'), '')
  await expect(lookInHome({ ZOOKEEPER_HOME: folder.path, PATH: folder.path })).rejects.toThrow('no Java: none in JAVA_HOME and none on PATH')
})

test('a Java that cannot run the jars is told as such', async () => {
  await using folder = await temporaryFolder()
  await writeFile(join(folder.path, 'zookeeper.jar'), 'not a jar')
  await writeFile(join(folder.path, 'java'), '#!/bin/sh\necho no such class >&2\nexit 1\n', { mode: 0o755 })
  await expect(lookInHome({ ZOOKEEPER_HOME: folder.path, PATH: folder.path })).rejects.toThrow(/java cannot run it: .*no such class/s)
})

test('SVC_TEST_INSTALL=0 keeps everything as it is', async () => {
  const lines: string[] = []
  await expect(installOnDebian({ SVC_TEST_INSTALL: '0' }, (line) => lines.push(line))).rejects.toThrow('turned off by SVC_TEST_INSTALL=0')
  expect(lines).toEqual([])
})
