/** What each folder of core may import from core, besides itself and the files of the root: folders, or single files. */
const mayImport = {
  recipe: [],
  model: ['recipe/', 'image/preprocessing.ts'],
  download: [],
  runtime: ['download/', 'recipe/recipe.ts'],
  weights: ['recipe/', 'model/', 'download/', 'runtime/pins.ts'],
  dataset: ['recipe/', 'image/'],
  image: ['recipe/', 'dataset/dataset.ts'],
  run: ['recipe/', 'weights/', 'dataset/', 'image/preprocessing.ts', 'download/sha256OfFile.ts'],
  notebook: ['recipe/', 'model/', 'run/'],
  onnx: ['model/', 'weights/', 'image/preprocessing.ts'],
  engine: [
    'recipe/',
    'model/',
    'weights/',
    'onnx/onnxModel.ts',
    'image/preprocessing.ts',
    'image/batch.ts',
    'runtime/',
  ],
  demo: ['download/', 'runtime/pins.ts'],
  torchrun: [
    'recipe/',
    'model/',
    'download/',
    'weights/',
    'dataset/dataset.ts',
    'run/',
    'training/trainer.ts',
    'training/schedulers.ts',
  ],
  export: ['recipe/', 'model/', 'weights/', 'onnx/', 'image/preprocessing.ts', 'run/', 'engine/', 'training/'],
  training: [
    'torchrun/',
    'recipe/',
    'model/',
    'download/',
    'runtime/',
    'weights/',
    'dataset/',
    'image/',
    'run/',
    'engine/',
  ],
};

const core = Object.entries(mayImport).map(([folder, others]) => ({
  name: `core-${folder}-imports-only-below`,
  severity: 'error',
  from: { path: `^src/core/${folder}/` },
  to: {
    path: '^src/core/[^/]+/',
    pathNot: `^src/core/(${[`${folder}/`, ...others].join('|').replaceAll('.', '\\.')})`,
  },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-missing-modules', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'every-file-is-part-of-a-program',
      comment: 'Programs begin at the entries of esbuild.mjs.',
      severity: 'error',
      from: { path: '^src/(cli|worker)/main\\.ts$|^src/extension/extension\\.ts$' },
      to: {
        path: '^src/',
        pathNot: '^src/(cli|worker)/main\\.ts$|^src/extension/extension\\.ts$',
        reachable: false,
      },
    },
    {
      name: 'protocol-imports-nothing',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { pathNot: '^src/protocol/' },
    },
    {
      name: 'core-never-looks-up',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^(src/(?!core/|protocol/)|webview/|test/|bench/)' },
    },
    {
      name: 'core-root-imports-no-folder',
      severity: 'error',
      from: { path: '^src/core/[^/]+\\.ts$' },
      to: { path: '^src/core/[^/]+/' },
    },
    {
      name: 'every-core-folder-has-a-rule',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/core/[^/]+/', pathNot: `^src/core/(${Object.keys(mayImport).join('|')})/` },
    },
    ...core,
    {
      name: 'cli-imports-only-core-and-protocol',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^(src|webview|test|bench)/', pathNot: '^src/(cli|core|protocol)/' },
    },
    {
      name: 'commands-are-loaded-late',
      comment: 'A static import would load every engine for `thaw --help`.',
      severity: 'error',
      from: { path: '^src/cli/(main|commandLine|commands)\\.ts$' },
      to: {
        path: '^src/cli/',
        pathNot: '^src/cli/(command|commandLine|commands|programFolder|progressLine|writeBugReport)\\.ts$',
        dynamic: false,
      },
    },
    {
      name: 'vscode-only-in-the-extension',
      severity: 'error',
      from: { pathNot: '^(src/extension|test/vscode)/' },
      to: { path: '^vscode$|/@types/vscode/' },
    },
    {
      name: 'tfjs-only-in-the-engine',
      severity: 'error',
      from: { pathNot: '^(src/core/engine|test|bench)/' },
      to: { path: '(^|/)@tensorflow/' },
    },
    {
      name: 'sharp-only-in-decodeImage',
      severity: 'error',
      from: { pathNot: '^(src/core/image/decodeImage\\.ts$|(test|bench)/)' },
      to: { path: '(^|/)sharp(/|$)' },
    },
    {
      name: 'programs-import-no-development-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], pathNot: '/@types/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    builtInModules: { add: ['vscode'] },
    enhancedResolveOptions: {
      extensions: ['.ts', '.d.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['node', 'require', 'default'],
    },
  },
};
