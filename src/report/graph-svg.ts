import { dependencyColor, emphasisColor, relationColors, type Drawing, type Joint } from './drawing.ts';
import { boxHeight, layoutOf, type Box, type DrawnJoint } from './graph-layout.ts';

const margin = 24;
const titleHeight = 34;
const legendHeight = 36;
const titleCharacterWidth = 8.6;

/**
 * An execution as an SVG picture: threads side by side, curves for what joins events, those of the cycle
 * red and thick. Readable on light and on dark ground.
 */
export function graphSvg(drawing: Drawing): string {
  const { heads, boxes, curves, labels, bounds } = layoutOf(drawing);
  const legend = legendOf(
    curves.map(({ joint }) => joint),
    bounds.left,
  );
  const [left, top] = [bounds.left - margin, bounds.top - margin - titleHeight];
  const textRight = bounds.left + drawing.title.length * titleCharacterWidth;
  const right = Math.max(bounds.right, textRight, ...legend.map(({ end }) => end)) + margin;
  const bottom = bounds.bottom + margin + legendHeight;
  const [width, height] = [right - left, bottom - top].map(round);
  const title = escaped(drawing.title);
  const colors = [...new Set(curves.map(({ joint }) => joint.color))];
  const behind = curves.toSorted(
    (one, other) => Number(one.joint.emphasised) - Number(other.joint.emphasised),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${round(left)} ${round(top)} ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    `<defs>${colors.map(arrowHead).join('')}</defs>`,
    `<rect class="ground" x="${round(left)}" y="${round(top)}" width="${width}" height="${height}"/>`,
    `<text class="title" x="${round(bounds.left)}" y="${round(bounds.top - titleHeight / 2)}">${title}</text>`,
    ...heads.map(
      ({ thread, at }) => `<text class="head" x="${round(at.x)}" y="${round(at.y)}">P${thread}</text>`,
    ),
    ...behind.map(pathText),
    ...boxes.map(boxText),
    ...labels.map(
      ({ joint, at }) =>
        `<text class="label${joint.emphasised ? ' cycle' : ''}" style="fill:${joint.color}" x="${round(at.x)}" y="${round(at.y + 4)}">${escaped(joint.relation)}</text>`,
    ),
    ...legend.map(
      ({ name, color, x }) =>
        `<g transform="translate(${round(x)} ${round(bottom - margin)})"><path d="M0 -4 h18" stroke="${color}" stroke-width="${color === emphasisColor ? 2.6 : 1.4}"/><text class="legend" x="23">${escaped(name)}</text></g>`,
    ),
    '</svg>',
    '',
  ].join('\n');
}

const monospace = 'font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace';
const style = [
  'text{font-family:ui-sans-serif,Helvetica,Arial,sans-serif;font-size:12px;fill:#212529}',
  '.title{font-size:14px;font-weight:600}',
  '.head{font-weight:600;text-anchor:middle}',
  `.event{${monospace};text-anchor:middle}`,
  `.source{${monospace};font-size:10px;text-anchor:middle;fill:#5c636a}`,
  '.label{font-size:11px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}',
  '.cycle{font-weight:700}',
  '.legend{font-size:11px}',
  '.ground{fill:#fff}',
  '.box{fill:#f8f9fa;stroke:#adb5bd}',
  '.edge{fill:none}',
  '@media(prefers-color-scheme:dark){',
  'text{fill:#e9ecef}.source{fill:#adb5bd}.ground{fill:#1a1d21}.box{fill:#2b3035;stroke:#6c757d}.label{stroke:#1a1d21}',
  '}',
].join('');

function arrowHead(color: string): string {
  return `<marker id="head-${color.slice(1)}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="${color}"/></marker>`;
}

function boxText({ lines: [first, second], x, y, width }: Box): string {
  const centre = round(x + width / 2);
  return [
    `<rect class="box" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${boxHeight}" rx="6"/>`,
    `<text class="event" x="${centre}" y="${round(y + 16)}">${escaped(first)}</text>`,
    `<text class="source" x="${centre}" y="${round(y + 30)}">${escaped(second)}</text>`,
  ].join('');
}

function pathText({ joint: { relation, emphasised, color }, curve }: DrawnJoint): string {
  const [start, ...rest] = curve.map(({ x, y }) => `${round(x)} ${round(y)}`);
  const isPlainOrder = relation === 'po' && !emphasised;
  const width = emphasised ? 2.6 : isPlainOrder ? 1 : 1.4;
  const dashes = isPlainOrder ? ' stroke-dasharray="3 3"' : '';
  return `<path class="edge" d="M${start} C${rest.join(' ')}" stroke="${color}" stroke-width="${width}"${dashes} marker-end="url(#head-${color.slice(1)})"/>`;
}

const meanings: Readonly<Record<string, string>> = {
  po: 'program order',
  rf: 'rf: is read by',
  co: 'co: is overwritten by',
  fr: 'fr: reads what is overwritten by',
  dependency: 'dependency or rmw',
};

interface LegendItem {
  readonly name: string;
  readonly color: string;
  readonly x: number;
  readonly end: number;
}

/** What the colours mean, of those that are there. */
function legendOf(joints: readonly Joint[], left: number): readonly LegendItem[] {
  const others = joints.filter(({ emphasised }) => !emphasised).map(({ relation }) => relation);
  const shown = new Set(others.map((relation) => (relation in meanings ? relation : 'dependency')));
  const items = Object.entries(meanings).flatMap(([relation, name]) =>
    shown.has(relation) ? [{ name, color: relationColors[relation] ?? dependencyColor }] : [],
  );
  const cycle = joints.some(({ emphasised }) => emphasised)
    ? [{ name: 'the cycle', color: emphasisColor }]
    : [];
  let x = left;
  return [...items, ...cycle].map(({ name, color }) => {
    const item = { name, color, x, end: x + 23 + name.length * 6.2 };
    x = item.end + 18;
    return item;
  });
}

const round = (number: number): number => Math.round(number * 10) / 10;

/** A test's name and text may hold anything; XML has no place for control characters. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, '?')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
