import { describe, expect, test } from '@jest/globals'

import { isSafeVersion } from './engine.js'
import { networkFileSystem } from './folder.js'

const mountInfo = [
  '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
  '40 22 0:35 / /home rw,relatime shared:20 - nfs4 files:/home rw,vers=4.2',
  '41 40 254:1 / /home/local rw,relatime - xfs /dev/vdb rw',
  '42 22 0:36 / /mnt/with\\040space rw - fuse.sshfs me@there:/ rw',
  '43 22 0:37 / /mnt/c rw - 9p C: rw',
  '44 22 0:38 / /run/user/0 rw - tmpfs tmpfs rw',
].join('\n')

describe('network file systems', () => {
  test.each([
    ['/var/lib/muster', undefined],
    ['/home/ann/.local/state/muster', 'nfs4'],
    ['/home', 'nfs4'],
    ['/homes/ann', undefined],
    ['/home/local/muster', undefined],
    ['/mnt/with space/x', 'fuse.sshfs'],
    ['/mnt/c/Users', '9p'],
    ['/run/user/0/muster', undefined],
  ])('%s is on %s', (folder, type) => {
    expect(networkFileSystem(folder, mountInfo)).toBe(type)
  })
})

test.each([
  ['3.45.1', false],
  ['3.51.2', false],
  ['3.51.3', true],
  ['3.51.10', true],
  ['3.53.0', true],
  ['4.0.0', true],
])('SQLite %s is safe for many processes: %s', (version, safe) => {
  expect(isSafeVersion(version)).toBe(safe)
})
