import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const REPOSITORY = join(__dirname, '..', '..');

/** Where the links of a page lead, but for those into the web. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(REPOSITORY, page), 'utf8').replace(/```.*?```/gs, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!).filter(to => !/^[a-z]+:/.test(to));
}

/** The anchors that a page's headings make, as GitHub and VS Code do. */
function anchorsOf(page: string): readonly string[] {
  const headings = readFileSync(join(REPOSITORY, page), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('the pages for people', () => {
  const names = readdirSync(join(REPOSITORY, 'docs')).filter(name => name.endsWith('.md'));
  const pages = ['README.md', ...names.map(name => `docs/${name}`)];
  for (const page of pages) {
    it(`${page} links to what is there`, () => {
      for (const link of linksOf(page)) {
        const [path, anchor] = link.split('#') as [string, string?];
        const target = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(join(REPOSITORY, target)), `${link} is not there`);
        if (anchor !== undefined) assert.ok(anchorsOf(target).includes(anchor), `${link} is no heading`);
      }
    });
  }

  it('can all be reached from the README', () => {
    const linked = new Set(linksOf('README.md'));
    assert.deepEqual(
      pages.slice(1).filter(page => !linked.has(page)),
      [],
    );
  });
});
