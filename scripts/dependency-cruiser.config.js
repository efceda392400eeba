// ARCHITECTURE.md, "Packages": a package imports only what its row names (and common); everything else is an error.
const allowed = {
  common: [],
  database: ['common'],
  zookeeper: ['common'],
  coordination: ['common'],
  servicegroup: ['common', 'coordination'],
  provisioning: ['common', 'database'],
  notifications: ['common', 'database', 'servicegroup'],
  client: ['common'],
  api: ['common', 'database', 'coordination', 'servicegroup', 'provisioning', 'notifications'],
  cli: ['common', 'client', 'servicegroup', 'coordination', 'database', 'zookeeper', 'provisioning', 'notifications', 'api'],
}
const product = '^packages/[^/]+/src/'
const tests = String.raw`\.test\.ts$`
const devOnly = '^packages/(testkit|bench)/'

const rows = Object.entries(allowed).map(([name, targets]) => ({
  name: `${name}-imports-only-its-row`,
  severity: 'error',
  from: { path: `^packages/${name}/src/`, pathNot: [tests, ...(name === 'coordination' ? ['^packages/coordination/src/drivers/(sql|zookeeper)/'] : [])] },
  to: {
    path: '^packages/',
    pathNot: `^packages/(${[name, ...targets].join('|')})/`,
    ...(name === 'client' ? { dependencyTypesNot: ['type-only'] } : {}),
  },
}))

export default {
  forbidden: [
    ...rows,
    {
      name: 'the-sql-driver-alone-knows-the-database',
      severity: 'error',
      from: { path: '^packages/coordination/src/drivers/sql/' },
      to: { path: '^packages/', pathNot: '^packages/(coordination|common|database)/' },
    },
    {
      name: 'the-zookeeper-driver-alone-knows-the-client',
      severity: 'error',
      from: { path: '^packages/coordination/src/drivers/zookeeper/', pathNot: tests },
      to: { path: '^packages/', pathNot: '^packages/(coordination|common|zookeeper)/' },
    },
    {
      name: 'client-takes-only-types-of-servicegroup',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: tests },
      to: { path: '^packages/', pathNot: '^packages/(client|common|servicegroup|provisioning|notifications)/' },
    },
    { name: 'of-cli-the-doctor-alone-knows-the-client', severity: 'error', from: { path: '^packages/cli/src/', pathNot: ['^packages/cli/src/doctor/', tests] }, to: { path: '^packages/zookeeper/' } },
    { name: 'servicegroup-alone-knows-how-services-are-stored', severity: 'error', from: { path: product, pathNot: [tests, devOnly, '^packages/(servicegroup|notifications)/'] }, to: { path: '^packages/servicegroup/(src|dist)/internal' } },
    { name: 'nothing-but-tests-imports-testkit-or-bench', severity: 'error', from: { path: product, pathNot: [tests, devOnly] }, to: { path: devOnly } },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'everything-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: '^packages/cli/bin/' }, // imports the bundle, which is made from the sources checked here
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
