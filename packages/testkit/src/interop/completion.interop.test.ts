import { spawn } from 'node:child_process'
import { symlink } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'
import { openServiceGroup } from '@muster/servicegroup'

import { NodeProcess } from '../spawn-node.js'
import { temporaryFolder } from '../temporary-folder.js'

const svcFile = fileURLToPath(new URL('../../../cli/bin/svc.js', import.meta.url))

test.each([
  ['bash', 'bash --norc --noprofile -i', 'source <(svc completion bash)'],
  ['zsh', 'zsh -f -i', 'autoload -U compinit && compinit -D -u && source <(svc completion zsh)'],
  ['fish', 'fish --no-config -i', 'svc completion fish | source'],
])('%s on a terminal completes a command, an option, a living group with a space in its name, and a choice', async (_, shell, setUp) => {
  await using folder = await temporaryFolder()
  await symlink(svcFile, `${folder.path}/svc`)
  const backend = `embedded:${folder.path}/store`
  const serviceGroup = await openServiceGroup(backend)
  try {
    await serviceGroup.join({ group: 'vit rage', name: 'indexer worker(0)' })
    await serviceGroup.join({ group: 'default', name: 'other' })
    const child = spawn('script', ['--quiet', '--return', '--command', `stty cols 200; exec ${shell}`, '/dev/null'], {
      env: { ...process.env, PATH: `${folder.path}:${process.env.PATH ?? ''}`, HOME: folder.path, TERM: 'xterm', SVC_BACKEND: backend, SVC_ENDPOINT: '' },
    })
    await using terminal = new NodeProcess(child)
    child.stdin.write(`${setUp}; echo read''y\r`)
    await terminal.line(/ready/, { timeoutMs: 30_000 })
    child.stdin.write('svc li\t--gr\tvit\\ ra\t-f js\t\r')
    await terminal.line(/^ *"Name": "indexer worker\(0\)"/, { timeoutMs: 30_000 })
    await terminal.line(/^ *"Group": "vit rage"/)
    expect(terminal.stdout).not.toContain('"Name": "other"')
    child.stdin.write('exit 7\r')
    expect(await terminal.exited).toMatchObject({ code: 7 })
  } finally {
    await serviceGroup.close()
  }
}, 90_000)
