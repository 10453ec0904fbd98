import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { withoutOverride } from '../withoutOverride';
import { endProcesses } from './endProcesses';
import { hostProcesses, type HeldByProcess } from './hostProcesses';
import { installEditor, type InstalledEditor } from './installEditor';
import { Workbench, type Theme } from './workbench';

/** The repository: the extension under development. */
export const REPOSITORY = resolve(__dirname, '..', '..');

export interface EditorOptions {
  /** The extension under test: a folder with its manifest (left out: this repository), or a package of it. */
  readonly extension?: { readonly folder: string } | { readonly vsix: string };
  /** A folder that is copied; what is opened is the copy. Left out: an empty one. */
  readonly workspace?: string;
  /** Whether the folder itself is opened, and stays. */
  readonly inPlace?: boolean;
  /** What a browser must know to be let in. Left out: any program of this machine is, while the tests run. */
  readonly token?: string;
  /** Whether the workspace is trusted; a restricted one shows no question at the start. Left out: trusted. */
  readonly trust?: 'trusted' | 'restricted';
  /** The display language, as `zh-cn`: what the extension says. The editor's own texts stay English. Left out: English. */
  readonly language?: string;
  /** More of the user's settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** More of the environment of everything that the editor starts. */
  readonly environment?: Readonly<Record<string, string>>;
}

const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'chat.disableAIFeatures': true,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'window.confirmBeforeClose': 'never',
  'files.simpleDialog.enable': true,
  'editor.accessibilitySupport': 'off',
};

/** A running editor. Its windows share the server, the settings and the workspace; nothing else. */
export class Editor {
  #browser: Browser | undefined;
  readonly #settings: Record<string, unknown> = {};

  constructor(
    private readonly installed: InstalledEditor,
    private readonly root: string,
    /** Absolute path of the workspace: mostly a copy below `root`, removed in the end. */
    readonly workspace: string,
    private readonly mark: string,
    private readonly server: ChildProcess,
    private readonly port: number,
    private readonly developed: string | undefined,
    private readonly token: string | undefined,
  ) {}

  /** Where a browser finds the workspace, with a file of it open where one is named by its absolute path. */
  address(file?: string): string {
    return this.#address([
      ['extensionDevelopmentPath', this.developed],
      ['openFile', file],
    ]);
  }

  /**
   * Opens the workspace in a window of its own and waits until it is there. `within`: longest that anything in it may
   * take, in ms.
   */
  async openWindow({
    theme = 'dark',
    within = 30_000,
  }: { readonly theme?: Theme; readonly within?: number } = {}): Promise<Workbench> {
    await this.#setTheme(theme);
    const page = await this.#page();
    page.setDefaultTimeout(within);
    await page.goto(this.address());
    const workbench = new Workbench(page, to => this.#setTheme(to));
    await workbench.ready();
    return workbench;
  }

  /**
   * Runs the exported `run()` of a module in the extension host of a new window and waits for its end. Throws what
   * that wrote where it failed.
   */
  async runInHost(module: string): Promise<void> {
    const page = await this.#page();
    const log: string[] = [];
    const ended = new Promise<number>(resolve => void page.exposeFunction('codeAutomationExit', resolve));
    await page.exposeFunction('codeAutomationLog', (type: string, words: readonly unknown[]) => {
      log.push([type, ...words].join(' '));
    });
    await page.goto(
      this.#address([
        ['extensionDevelopmentPath', this.developed ?? (await this.#emptyExtension())],
        ['extensionTestsPath', module],
      ]),
    );
    const code = await ended;
    await page.context().close();
    if (code !== 0) throw new Error(`The extension host ended with ${code}:\n${log.join('\n')}`);
  }

  /** Absolute paths of the run folders of the workspace. */
  runFolders(): readonly string[] {
    const place = join(this.workspace, '.thaw', 'runs');
    return existsSync(place) ? readdirSync(place).map(name => join(place, name)) : [];
  }

  /** What the extension hosts of its windows hold. */
  hostProcesses(): Promise<readonly HeldByProcess[]> {
    return hostProcesses(this.mark);
  }

  /** Ends the server, the browser and everything that was started from the editor, and removes its folder. */
  async stop(): Promise<void> {
    await this.#browser?.close();
    this.server.kill('SIGKILL');
    await endProcesses(this.mark);
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Changes settings; open windows follow. */
  async changeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    Object.assign(this.#settings, settings);
    await writeFile(settingsFile(this.root, 'Machine'), JSON.stringify(this.#settings));
  }

  #setTheme(theme: Theme): Promise<void> {
    return this.changeSettings({
      'workbench.colorTheme': THEMES[theme],
      'window.autoDetectColorScheme': false,
    });
  }

  async #page(): Promise<Page> {
    this.#browser ??= await chromium.launch({
      executablePath: this.installed.browser,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
    return (await this.#browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
  }

  #address(payload: readonly (readonly [string, string | undefined])[]): string {
    const host = `127.0.0.1:${this.port}`;
    const entries = payload.flatMap(([key, path]) => (path ? [[key, `vscode-remote://${host}${path}`]] : []));
    const query = new URLSearchParams({ folder: this.workspace, payload: JSON.stringify(entries) });
    if (this.token !== undefined) query.set('tkn', this.token);
    return `http://${host}/?${query}`;
  }

  /** Tests run only where an extension is being developed. */
  async #emptyExtension(): Promise<string> {
    const folder = join(this.root, 'empty');
    await mkdir(folder, { recursive: true });
    const manifest = { name: 'empty', publisher: 'thaw-tests', version: '0.0.0', engines: { vscode: '*' } };
    await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
    return folder;
  }
}

const THEMES: Record<Theme, string> = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
};

/** Starts an editor on this machine alone, in a fresh temporary folder. `stop()` it in the end. */
export async function startEditor({
  extension = { folder: REPOSITORY },
  workspace,
  inPlace = false,
  token,
  trust = 'trusted',
  language,
  settings = {},
  environment = {},
}: EditorOptions = {}): Promise<Editor> {
  const installed = await installEditor();
  const root = await mkdtemp(join(tmpdir(), 'thaw-editor-'));
  const mark = randomUUID();
  let server: ChildProcess | undefined;
  try {
    const folder = workspace !== undefined && inPlace ? resolve(workspace) : join(root, 'workspace');
    await mkdir(folder, { recursive: true });
    if (workspace !== undefined && !inPlace) await cp(workspace, folder, { recursive: true });
    const merged = { ...SETTINGS, ...TRUST[trust], ...settings };
    for (const [level, start] of [
      ['User', merged],
      ['Machine', {}],
    ] as const) {
      await mkdir(join(root, 'data', level), { recursive: true });
      await writeFile(settingsFile(root, level), JSON.stringify(start));
    }
    if (language !== undefined) await addLanguagePack(root, language);
    const own = [
      '--server-data-dir',
      root,
      '--extensions-dir',
      join(root, 'extensions'),
      '--accept-server-license-terms',
    ];
    const env = { ...process.env, ...environment, THAW_TEST_EDITOR: mark };
    if ('vsix' in extension) {
      const install = [installed.server, ...own, '--install-extension', extension.vsix, '--force'];
      await promisify(execFile)(installed.node, install, { env });
    }
    const door = token === undefined ? ['--without-connection-token'] : ['--connection-token', token];
    const listen = ['--host', '127.0.0.1', '--port', '0', ...door, '--locale', language ?? 'en'];
    const tests = ['--enable-smoke-test-driver', '--telemetry-level', 'off'];
    // Permissions hold for it as for any person, also where the tests run as root.
    const [program, ...args] = [...withoutOverride, installed.node, installed.server, ...own, ...listen];
    server = spawn(program!, [...args, ...tests], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const developed = 'folder' in extension ? extension.folder : undefined;
    return new Editor(installed, root, folder, mark, server, await portOf(server), developed, token);
  } catch (error) {
    server?.kill('SIGKILL');
    await rm(root, { recursive: true, force: true });
    throw error;
  }
}

const TRUST = {
  trusted: { 'security.workspace.trust.enabled': false },
  restricted: {
    'security.workspace.trust.enabled': true,
    'security.workspace.trust.startupPrompt': 'never',
  },
};

/** Makes a display language known: a pack of it that translates nothing of the editor itself. */
async function addLanguagePack(root: string, language: string): Promise<void> {
  const translation = join(root, 'data', 'translation.json');
  await writeFile(translation, JSON.stringify({ contents: {} }));
  const extensions = [{ extensionIdentifier: { id: `thaw-tests.${language}` }, version: '0.0.0' }];
  const pack = { hash: language, extensions, translations: { vscode: translation }, label: language };
  await writeFile(join(root, 'data', 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}

/** Windows watch the machine's settings, which come before the user's, but not the user's. */
function settingsFile(root: string, level: 'User' | 'Machine'): string {
  return join(root, 'data', level, 'settings.json');
}

/** The port that the server says it listens on. */
function portOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk: Buffer): void => {
      said += chunk.toString();
      const port = /listening on (\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    server.stdout!.on('data', hear);
    server.stderr!.on('data', hear);
    server.once('error', reject);
    server.once('exit', code => reject(new Error(`The editor's server ended with ${code}:\n${said}`)));
  });
}
