import { svg } from '../elements';

/** What the page's style sheet gives a drawing: written into it, so that it looks the same elsewhere. */
const PROPERTIES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-opacity',
  'stroke-dasharray',
  'stroke-linejoin',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
];

const GAP = 24;
const LEGEND_ROW = 22;

export interface ImageParts {
  readonly title: string;
  readonly charts: readonly { readonly title: string; readonly image: SVGSVGElement }[];
  readonly legend: readonly { readonly swatch: SVGSVGElement; readonly text: string }[];
}

/** Charts side by side with title and legend as one SVG document that needs no style sheet. */
export function composeImage({ title, charts, legend }: ImageParts): {
  text: string;
  width: number;
  height: number;
} {
  const style = getComputedStyle(document.body);
  const top = 64;
  const chartHeight = Math.max(...charts.map(({ image }) => image.height.baseVal.value));
  const width = charts.reduce((sum, { image }) => sum + image.width.baseVal.value + GAP, GAP);
  const height = top + chartHeight + 16 + legend.length * LEGEND_ROW + GAP;
  const written = (text: string, x: number, y: number, size: number, weight = '400'): SVGTextElement =>
    svg(
      'text',
      {
        ...{ x, y, fill: style.color, 'font-family': style.fontFamily, 'font-size': size },
        'font-weight': weight,
      },
      text,
    );
  let x = GAP;
  const drawn = charts.flatMap(({ title, image }) => {
    const place = x;
    x += image.width.baseVal.value + GAP;
    return [
      written(title, place, top - 8, 13, '600'),
      svg('g', { transform: `translate(${place},${top})` }, ...styled(image).childNodes),
    ];
  });
  const rows = legend.flatMap(({ swatch, text }, index) => {
    const y = top + chartHeight + 28 + index * LEGEND_ROW;
    return [
      svg('g', { transform: `translate(${GAP},${y - 10})` }, ...styled(swatch).childNodes),
      written(text, GAP + 38, y, 12),
    ];
  });
  const image = svg(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${width} ${height}`, width, height },
    svg('rect', { width, height, fill: style.backgroundColor }),
    written(title, GAP, 30, 16, '600'),
    ...drawn,
    ...rows,
  );
  return { text: new XMLSerializer().serializeToString(image), width, height };
}

/** An SVG document as PNG bytes in base64, twice as fine as on the screen. */
export async function toPng(image: { text: string; width: number; height: number }): Promise<string> {
  const source = URL.createObjectURL(new Blob([image.text], { type: 'image/svg+xml' }));
  try {
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width * 2;
    canvas.height = image.height * 2;
    canvas.getContext('2d')!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return canvas.toDataURL('image/png').replace(/^.*,/, '');
  } finally {
    URL.revokeObjectURL(source);
  }
}

function styled(original: SVGSVGElement): SVGSVGElement {
  const copy = original.cloneNode(true) as SVGSVGElement;
  const copies = copy.querySelectorAll<SVGElement>('*');
  original.querySelectorAll('*').forEach((from, index) => {
    const style = getComputedStyle(from);
    const to = copies[index]!;
    to.removeAttribute('class');
    if (from.tagName === 'g') return;
    if (from.classList.contains('cursor')) to.remove();
    for (const name of PROPERTIES) to.setAttribute(name, style.getPropertyValue(name));
  });
  return copy;
}
