import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { filesOfPackage, madePackages, TARGETS, type Target } from './packages';
import { REPOSITORY } from './startEditor';

/** Every kind of file that a package may hold, by its path below `extension/`. */
const KINDS: readonly RegExp[] = [
  /^(package|package\.nls)\.json$/,
  /^(package\.nls|l10n\/bundle\.l10n)\.[\w-]+\.json$/,
  /^(readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^dist\/(extension|worker)\.js$/,
  /^dist\/webview\/\w+\.(js|css)$/,
  /^dist\/schemas\/zh-cn\/(recipe|cell)\.schema\.json$/,
  /^dist\/(third-party-licenses\.txt|sbom\.cdx\.json)$/,
  /^media\/([\w-]+\/)*[\w.-]+\.(json|svg|png|md)$/,
  /^media\/torchrun\/\w+\.py$/,
  /^node_modules\/sharp\/(package\.json|LICENSE|dist\/\w+\.cjs)$/,
  /^node_modules\/semver\/(package\.json|LICENSE|index\.js|(classes|functions|internal|ranges)\/[\w-]+\.js)$/,
  /^node_modules\/detect-libc\/(package\.json|LICENSE|lib\/[\w-]+\.js)$/,
  /^node_modules\/@img\/colour\/(package\.json|LICENSE\.md|(index|color)\.cjs)$/,
  /^node_modules\/(node-api-headers|@tensorflow\/tfjs-node-gpu)\/package\.json$/,
  /^node_modules\/webgpu\/(package\.json|LICENSE\.md)$/,
  /^dist\/wasm\/tfjs-backend-wasm-simd\.wasm$/,
];

const BINDING_SOURCES: readonly RegExp[] = [
  /^node_modules\/node-api-headers\/include\/\w+\.h$/,
  /^node_modules\/@tensorflow\/tfjs-node-gpu\/binding\/\w+\.(cc|h)$/,
];

/** What only the package of one platform holds. */
const OWN_KINDS: Readonly<Record<Target, readonly RegExp[]>> = {
  'linux-x64': [
    ...[...decoder('linux-x64'), dawn('linux-x64')],
    /^dist\/binding\/linux-x64\/(tfjs_binding|stderr_switch)\.node$/,
  ],
  'linux-arm64': [...decoder('linux-arm64'), dawn('linux-arm64'), ...BINDING_SOURCES],
  'darwin-arm64': [...decoder('darwin-arm64'), dawn('darwin-universal'), ...BINDING_SOURCES],
  universal: [],
};

function dawn(platform: string): RegExp {
  return new RegExp(`^node_modules/webgpu/dist/${platform}/dawn\\.node$`);
}

function decoder(platform: string): readonly RegExp[] {
  return [
    new RegExp(`^node_modules/@img/sharp-${platform}/(package\\.json|LICENSE|index\\.cjs|lib/[^/]+\\.node)$`),
    new RegExp(
      `^node_modules/@img/sharp-libvips-${platform}/((package|versions)\\.json|lib/(index\\.js|libvips-cpp\\.[^/]+))$`,
    ),
  ];
}

/** Largest packages in bytes. */
const MAX_BYTES: Readonly<Record<Target, number>> = {
  'linux-x64': 20e6,
  'linux-arm64': 20e6,
  'darwin-arm64': 20e6,
  universal: 3e6,
};

interface Bill {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly components?: readonly { readonly name: string }[];
  }[];
}

describe('the packages', function () {
  this.timeout(600_000);
  let paths: Readonly<Record<Target, string>>;
  before(async () => {
    paths = await madePackages();
  });

  for (const target of TARGETS) {
    describe(`for ${target}`, () => {
      /** Below `extension/`. */
      let files: ReadonlyMap<string, Buffer>;
      before(async () => {
        const all = await filesOfPackage(paths[target]);
        files = new Map([...all].map(([path, data]) => [path.replace(/^extension\//, ''), data]));
      });
      const text = (path: string): string => files.get(path)!.toString();
      const names = (): readonly string[] => [...files.keys()];

      it('is small enough to publish', () => {
        assert.ok(statSync(paths[target]).size < MAX_BYTES[target], `${statSync(paths[target]).size} bytes`);
      });

      it('holds what is needed, and of every kind something', () => {
        const kinds = [
          ...KINDS,
          ...OWN_KINDS[target],
          /^extension\.vsixmanifest$/,
          /^\[Content_Types\]\.xml$/,
        ];
        assert.deepEqual(
          names().filter(path => !kinds.some(kind => kind.test(path))),
          [],
        );
        assert.deepEqual(
          kinds.filter(kind => !names().some(path => kind.test(path))),
          [],
        );
      });

      it('says nothing of the machine that made it, and names no source maps', () => {
        const words = [REPOSITORY, `${join(tmpdir(), 'thaw-')}`, `${homedir()}${sep}`, 'sourceMappingURL='];
        const ours = names().filter(path => !path.startsWith('node_modules/@img/'));
        assert.deepEqual(
          ours.flatMap(path =>
            words.filter(word => files.get(path)!.includes(word)).map(word => `${path}: ${word}`),
          ),
          [],
        );
      });

      it('keeps tfjs and sharp to the training process', () => {
        const marks = [/require\("sharp"\)/, /registerKernel|KernelBackend/];
        assert.deepEqual(
          marks.map(mark => [mark.test(text('dist/worker.js')), mark.test(text('dist/extension.js'))]),
          marks.map(() => [true, false]),
        );
      });

      it('lists all that is inside, with versions and licences', () => {
        const { components } = JSON.parse(text('dist/sbom.cdx.json')) as Bill;
        const listed = new Set(components.map(({ name }) => name));
        const shipped = names().map(path => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
        for (const name of [
          '@tensorflow/tfjs-core',
          '@tensorflow/tfjs-backend-wasm',
          '@tensorflow/tfjs-backend-webgpu',
          'ajv',
          'd3-scale',
          ...shipped,
        ]) {
          if (name !== undefined) assert.ok(listed.has(name), name);
        }
        assert.ok(!listed.has('typescript') && !listed.has('tar'));
        const licences = text('dist/third-party-licenses.txt');
        for (const { name, version } of components) {
          assert.ok(licences.includes(`\n${name} ${version}\nLicence: `), name);
        }
        const libvips = components.find(({ name }) => name === `@img/sharp-libvips-${target}`);
        const native = libvips?.components?.some(({ name }) => name === 'vips') ?? false;
        assert.equal(native, target !== 'universal');
        assert.equal(licences.includes('GNU LESSER GENERAL PUBLIC LICENSE'), target !== 'universal');
      });

      it('has a manifest without what only development needs', () => {
        const manifest = JSON.parse(text('package.json')) as Readonly<Record<string, unknown>>;
        const unwanted = ['scripts', 'devDependencies', 'bin', 'private'];
        assert.deepEqual(
          unwanted.filter(key => key in manifest),
          [],
        );
      });
    });
  }
});
