// The arrows of the map (README, "Packages"): anything not listed here is refused.
const arrows = {
  'packages/feature-flags': [],
  'packages/task-classifier': [],
  'packages/supervisor': [],
  'packages/run-store': [],
  'packages/agents': [],
  'packages/workflows': [],
  'packages/orchestrator-entry': [
    'packages/feature-flags',
    'packages/task-classifier',
    'packages/supervisor',
    'packages/run-store',
    'packages/workflows',
    'packages/agents',
  ],
  'apps/mayfly': ['packages/orchestrator-entry'],
}

const allowedFolders = (folder, targets) => `^(${[folder, ...targets].join('|')})/`
const noOtherPackage = Object.entries(arrows).map(([folder, targets]) => ({
  name: `arrow:${folder}`,
  comment: `${folder} may import ${targets.join(', ') || 'no workspace package'}`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: {
    path: '^(packages|apps|benchmarks)/',
    pathNot: allowedFolders(folder, targets),
    // The one arrow for types only: workflows -> agents.
    ...(folder === 'packages/workflows' ? { dependencyTypesNot: ['type-only'] } : {}),
  },
}))

module.exports = {
  forbidden: [
    ...noOtherPackage,
    {
      name: 'workflows-types-only-from-agents',
      severity: 'error',
      from: { path: '^packages/workflows/' },
      to: { path: '^(packages|apps|benchmarks)/', pathNot: '^packages/(workflows|agents)/' },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-benchmarks', severity: 'error', from: { pathNot: '^benchmarks/' }, to: { path: '^benchmarks/' } },
    {
      name: 'tools-only-in-tests',
      comment: 'what is in tools is for tests and benchmarks, and knows none of what it tests',
      severity: 'error',
      from: { pathNot: ['^(benchmarks|tools)/', '\\.test\\.ts$'] },
      to: { path: '^tools/' },
    },
    {
      name: 'tools-know-nothing',
      severity: 'error',
      from: { path: '^tools/' },
      to: { path: '^(packages|apps|benchmarks)/' },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: '(^|/)(node_modules|dist)/' },
    exclude: { path: '(/dist/|/fixtures/)' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@mayfly/source', 'import', 'node', 'default'],
    },
  },
}
