import type { ComparedCell, ComparedRow, Comparison } from '../evidence/comparison.ts';
import { documentsOf, type Column } from '../evidence/comparison-columns.ts';

interface Place {
  readonly row: ComparedRow;
  readonly cell: ComparedCell;
  readonly column: Column;
}

type Value = string | number | boolean | undefined;

const fields: readonly (readonly [title: string, value: (place: Place) => Value])[] = [
  ['test', ({ row }) => row.test],
  ['strategies', ({ row }) => row.strategies.join(' ')],
  ['difference', ({ row }) => row.difference],
  ['column', ({ column }) => column.name],
  ['architecture', ({ column }) => documentsOf(column)[0]?.machine.architecture],
  ['standing', ({ column }) => column.standing],
  ['compared', ({ cell }) => cell.compared],
  ['verdict', ({ cell }) => cell.verdict],
  ['event', ({ row }) => row.event],
  ['sightings', ({ cell }) => cell.sightings],
  ['iterations', ({ cell }) => cell.iterations],
  ['rate_per_iteration', ({ cell }) => cell.rate?.rate],
  ['never_bound', ({ cell }) => cell.bound],
  ['rate_low', ({ cell }) => cell.rate?.low],
  ['rate_high', ({ cell }) => cell.rate?.high],
  ['independent', ({ cell }) => cell.rate?.independent],
  ['clusters', ({ cell }) => cell.rate?.clusters],
  ['launches', ({ cell }) => cell.launches],
  ['ratio', ({ cell }) => cell.ratio?.ratio],
  ['ratio_low', ({ cell }) => cell.ratio?.low],
  ['ratio_high', ({ cell }) => cell.ratio?.high],
  ['probability_adjusted', ({ cell }) => cell.ratio?.adjustedProbability],
  ['real', ({ cell }) => cell.ratio?.real],
  ['least_real', ({ cell }) => cell.ratio?.leastReal],
  ['ratio_plans', ({ cell }) => cell.ratioPlans.join(' ')],
  ['ratio_alone', ({ cell }) => cell.ratioAlone],
  ['ratio_sightings', ({ cell }) => cell.ratio?.sightings[0]],
  ['ratio_iterations', ({ cell }) => cell.ratio?.iterations[0]],
  ['reference_sightings', ({ cell }) => cell.ratio?.sightings[1]],
  ['reference_iterations', ({ cell }) => cell.ratio?.iterations[1]],
  ['ratio_distance_least_ns', ({ cell }) => cell.ratioDistance?.leastNs],
  ['ratio_distance_most_ns', ({ cell }) => cell.ratioDistance?.mostNs],
  ['code', ({ cell }) => cell.code],
  ['same_code_as', ({ cell }) => cell.sameCodeAs],
  ['code_digests', ({ cell }) => cell.codeDigests.join(' ')],
  ['variant_digest', ({ row }) => row.variantDigest],
  ['reason', ({ cell }) => cell.reason],
];

/**
 * A comparison as RFC 4180 has CSV, a record a cell, CR LF included at the end. An unknown value is empty.
 * A text that a spreadsheet would take for a formula begins with an apostrophe.
 */
export function comparisonCsv({ columns, rows }: Comparison): string {
  const records = rows.flatMap((row) =>
    row.cells.flatMap((cell, index) => {
      const column = columns[index];
      return cell === undefined || column === undefined
        ? []
        : [fields.map(([, value]) => field(value({ row, cell, column })))];
    }),
  );
  return [fields.map(([title]) => title), ...records].map((record) => `${record.join(',')}\r\n`).join('');
}

function field(value: Value): string {
  if (typeof value !== 'string') return value === undefined ? '' : String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
