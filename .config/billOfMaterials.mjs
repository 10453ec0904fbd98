import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The CycloneDX bill of what ships: npm's own of all that is installed, cut down to the packages that are really
 * inside, and the libraries built into those. The same parts give the same text.
 */
export function billOfMaterials(installed, packages, manifest) {
  const { name, version } = manifest;
  const own = `${name}@${version}`;
  const shipped = new Map(packages.map(part => [`${part.name}@${part.version}`, part]));
  const components = installed.components
    .filter(component => shipped.has(component['bom-ref']))
    .map(component => ({
      ...component,
      scope: 'required',
      // Where it was fetched from is the builder's own affair.
      externalReferences: component.externalReferences.filter(({ type }) => type !== 'distribution'),
      ...librariesInside(shipped.get(component['bom-ref']).place),
    }));
  const missing = [...shipped.keys()].filter(ref => !components.some(part => part['bom-ref'] === ref));
  if (missing.length > 0) throw new Error(`npm's bill of materials lacks ${missing.join(', ')}`);

  const known = ref => ref === own || shipped.has(ref);
  const { serialNumber: _, ...bill } = installed;
  const { timestamp: __, ...metadata } = installed.metadata;
  return {
    ...bill,
    metadata: { ...metadata, component: { ...metadata.component, name, type: 'application' } },
    components,
    dependencies: installed.dependencies
      .filter(({ ref }) => known(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter(known) })),
  };
}

/** The libraries that a package of native code was built from. */
function librariesInside(place) {
  const file = join(place, 'versions.json');
  if (!existsSync(file)) return {};
  const versions = Object.entries(JSON.parse(readFileSync(file, 'utf8')));
  return { components: versions.map(([name, version]) => ({ type: 'library', name, version })) };
}
