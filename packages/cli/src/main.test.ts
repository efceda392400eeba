import { describe, expect, test } from '@jest/globals'

import { CapturedIo } from './captured-io.test.support.js'
import { main } from './main.js'
import { packageVersion } from './version.js'

async function svc(words: string, env: Record<string, string> = {}) {
  const io = new CapturedIo(env)
  const status = await main(words === '' ? [] : words.split(' '), io)
  return { status, stdout: io.stdout, stderr: io.stderr }
}

test.each(['', '--help', '-h'])('svc %s begins with examples', async (words) => {
  const { status, stdout, stderr } = await svc(words)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout.split('\n')[0]).toMatch(/^ {2}svc list /)
  expect(stdout.split('\n').length).toBeLessThan(17)
})

test('svc help lists the commands and the topics, and tells of each', async () => {
  const { status, stdout } = await svc('help')
  expect(status).toBe(0)
  const words = [...stdout.matchAll(/^ {2}svc help (\S+(?: \S+)*)/gm)].map(([, word = '']) => word)
  expect(words).toEqual(expect.arrayContaining(['list', 'doctor', 'maintenance on', 'exit-codes', 'environment', 'formats', 'targets']))
  for (const word of words) expect(await svc(`help ${word}`)).toMatchObject({ status: 0, stderr: '' })
  expect(await svc('help list')).toEqual(await svc('list --help'))
})

test.each(['bash', 'zsh', 'fish'])('svc completion %s prints a script', async (shell) => {
  const { status, stdout } = await svc(`completion ${shell}`)
  expect(status).toBe(0)
  expect(stdout).toContain(`svc completion ${shell}`)
})

test.each([
  ['complete -- lis', 'list\tLists the workers that are alive\n'],
  ['complete -- list --format = j', 'json\t\n'],
  [`complete -- wait --for 'g`, 'gone\t\n'],
  ['complete -- maint', 'maintenance\tBegins maintenance of services: schedulers are not to use them\n'],
  ['complete -- maintenance o', 'on\tBegins maintenance of services: schedulers are not to use them\noff\tEnds maintenance of services now, also one that has yet to begin\n'],
  ['complete -- help maintenance of', 'off\tEnds maintenance of services now, also one that has yet to begin\n'],
  ['complete -- maintenance on --unt', '--until\tWhen it ends: so long from now, e.g. 2h, or a time as 2026-11-28T22:00:00Z\n'],
  ['complete -- list --state u', 'up\t\n'],
  ['complete -- cluster r', 'run\tRuns a command as a step of a cluster, and reports what it says of its instances, one line of its stdout each\n'],
  ['complete -- cluster run x --type d', 'deleting\t\n'],
  ['complete -- progress --exi', '--exit\tWith -w: end as soon as it is Active (0) or Error (1)\n'],
  ['complete -- list --backend nowhere: --group x', ''],
  ['complete -- list --backend --group', ''],
])('svc %s', async (words, stdout) => {
  expect(await svc(words)).toEqual({ status: 0, stdout, stderr: '' })
})

test.each(['list', 'groups', 'run', 'wait', 'lock', 'locks', 'elect', 'leader', 'show', 'explain', 'is-up', 'enable', 'disable', 'force-down', 'maintenance on', 'maintenance off', 'delete', 'hosts', 'zones', 'watch', 'cluster list', 'cluster create', 'cluster show', 'cluster delete', 'cluster run', 'progress', 'serve', 'doctor', 'acl show', 'acl set', 'acl unset'])('svc %s --help shows examples before the options', async (name) => {
  const { status, stdout, stderr } = await svc(`${name} --help`)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const example = stdout.indexOf(`\n  svc ${name}`)
  expect(example).toBeGreaterThan(0)
  expect(stdout.indexOf('\nOptions:')).toBeGreaterThan(example)
})

test('svc --version prints the version of the package', async () => {
  expect(packageVersion()).toMatch(/^\d+\.\d+\.\d+/)
  expect(await svc('--version')).toEqual({ status: 0, stdout: `${packageVersion()}\n`, stderr: '' })
})

describe('wrong usage exits with 64 and says what to write', () => {
  test.each([
    ['lst', `svc has no command lst. Did you mean 'list'?`],
    ['constructor', 'svc has no command constructor.'],
    ['--vesion', `svc has no option --vesion. Did you mean '--version'?`],
    ['list --gruop x', `svc list has no option --gruop. Did you mean '--group'?`],
    ['list --no-classic', `svc list has no option --no-classic. Did you mean '--classic'?`],
    ['list --group', '--group needs a value'],
    ['list --group a b', `svc list takes no argument 'b'`],
    ['list -f jsn', `--format: "jsn" is not one of "table", "json", "yaml", "csv", "value"`],
    ['list -c name -c nme', `There is no column 'nme'. Did you mean 'Name'?`],
    ['list --classic -c group', `There is no column 'group'.`],
    ['list --quote some', `--quote: "some" is not one of "all", "minimal", "none", "nonnumeric"`],
    ['list -f csv -f json', '-f may be given only once'],
    ['groups --max-width wide', `--max-width: 'wide' is not a whole number`],
    ['list --backend a --backend b', '--backend may be given only once'],
    ['list --backend a --endpoint b', 'Give --endpoint or --backend, not both'],
    ['groups -- sleep 1', 'svc groups runs no command: leave out --'],
    ['run sleep 600', 'Write the command after --: svc run -- sleep'],
    ['run --name x', 'Which command? Write it after --: svc run -- sleep 600'],
    ['run --label role -- sleep 1', '--label role: write it as KEY=VALUE'],
    ['run --endpoint http://h -- sleep 1', 'svc run has no option --endpoint.'],
    ['lock', 'Which lock? Write svc lock NAME -- COMMAND'],
    ['lock disk', 'Which command? Write it after --: svc lock NAME -- sleep 600'],
    ['lock disk sleep 5', 'Write the command after --: svc lock disk -- sleep'],
    ['lock --wait soon disk -- sleep 5', `--wait: 'soon' is not a duration`],
    ['lock --endpoint http://h disk -- sleep 5', 'svc lock has no option --endpoint.'],
    ['elect -- sleep 5', 'Which group? Write svc elect GROUP -- COMMAND'],
    ['leader', 'Which group? Write svc leader GROUP'],
    ['leader g -w -f csv', '-w writes a table or json, not csv'],
    ['leader g -c membr_id', `There is no column 'membr_id'. Did you mean 'Member Id'?`],
    ['locks a b', `svc locks takes no second argument 'b'`],
    ['locks -- sleep 5', 'svc locks runs no command: leave out --'],
    ['wait --count none', `--count: 'none' is not a whole number above 0`],
    ['wait --timeout soon', `--timeout: 'soon' is not a duration`],
    ['wait --for down', `--for: "down" is not one of "up", "gone"`],
    ['doctor --backend a --endpoint b', 'Give --endpoint or --backend, not both'],
    ['show', 'Which service? Write svc show TARGET'],
    ['show a b', `svc show takes no second argument 'b'`],
    ['show a -c statsu', `There is no column 'statsu'. Did you mean 'Status'?`],
    ['show a -f csv', `--format: "csv" is not one of "table", "json", "yaml", "value"`],
    ['disable', 'Which service? Write svc disable TARGET'],
    ['maintenance', 'Which? Write svc maintenance on or svc maintenance off'],
    ['maintenance of a', 'Which? Write svc maintenance on or svc maintenance off'],
    ['maintenance on', 'Which service? Write svc maintenance on TARGET'],
    ['maintenance off --until 2h a', 'svc maintenance off has no option --until.'],
    ['maintenence on a', `svc has no command maintenence. Did you mean 'maintenance'?`],
    ['force-down a --force', 'svc force-down has no option --force.'],
    ['list --state gone', `--state: "gone" is not one of "up", "down"`],
    ['list --services -c group', `There is no column 'group'.`],
    ['help maintenance', `svc help knows no maintenance. Did you mean 'maintenance on'?`],
    ['help lst', `svc help knows no lst. Did you mean 'list'?`],
    ['help list groups', `svc help takes one word, not 'groups' as well`],
    ['completion', 'Which shell?'],
    ['completion fihs', `There is no script for 'fihs'. Did you mean 'fish'?`],
    ['cluster', 'Which? Write svc cluster list or svc cluster create or svc cluster show or svc cluster delete or svc cluster run'],
    ['cluster show', 'Which cluster? Write svc cluster show NAME'],
    ['cluster show a -f csv', `--format: "csv" is not one of "table", "json", "yaml", "value"`],
    ['cluster create a --steps creating', '--steps creating: write it as TYPE=NAME,NAME'],
    ['cluster create a --steps creating=x --steps creating=y', '--steps creating is given twice: write all its steps with commas between them'],
    ['cluster list --database a --endpoint b', 'Give --endpoint or --database, not both'],
    ['cluster run', 'Which cluster? Write svc cluster run NAME -- COMMAND'],
    ['cluster run a', 'Which command? Write it after --: svc cluster run NAME -- sleep 600'],
    ['cluster run a -- true', 'Which step? Give --type, --step and --total'],
    ['cluster run a --type makeing --step s --total 1 -- true', `--type: "makeing" is not one of "creating", "scaling", "deleting"`],
    ['cluster run a --type creating --step s --total 0 -- true', `--total: '0' is not a whole number above 0`],
    ['cluster run a --type creating --step s --total 1 --retry-for soon -- true', `--retry-for: 'soon' is not a duration`],
    ['progress', 'Which cluster? Write svc progress NAME'],
    ['progress a -f csv', `--format: "csv" is not one of "table", "json"`],
    ['progress a --exit', '--exit goes with -w'],
    ['progress a --failures some', `--failures: 'some' is no number of failures`],
    ['serve --port http', `'http' is not a port`],
  ])('svc %s', async (words, sentence) => {
    const { status, stdout, stderr } = await svc(words)
    expect({ status, stdout }).toEqual({ status: 64, stdout: '' })
    expect(stderr.split('\n')[0]).toBe(`svc: ${sentence}`)
    expect(stderr).toMatch(/^(svc: .*\n)+$/)
  })
})

test.each(['lock disk -- true', 'elect g -- true', 'locks', 'leader g'])('svc %s does not look in another store than the one that a server was named for', async (words) => {
  const { status, stderr } = await svc(words, { SVC_ENDPOINT: 'http://127.0.0.1:1' , PATH: '/bin:/usr/bin' })
  expect(status).toBe(64)
  expect(stderr).toContain('svc: SVC_ENDPOINT names a server, but locks and leaders are asked of the backend itself\n')
})

test('a word with escape sequences is harmless in the message about it', async () => {
  const { status, stderr } = await svc('\u001b[2Jlist')
  expect(status).toBe(64)
  expect(stderr).toContain(String.raw`svc has no command \x1b[2Jlist.`)
})

test('SVC_LOG=debug adds where an error comes from', async () => {
  expect((await svc('lst')).stderr).not.toContain('    at main')
  expect((await svc('lst', { SVC_LOG: 'debug' })).stderr).toContain('    at main')
})
