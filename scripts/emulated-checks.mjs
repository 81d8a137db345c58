/**
 * What must hold of results under an emulator, where a processor's ordering cannot be judged, but our
 * code, its conditions and its counting can. An x86 host's own order shows through its emulators.
 */

export const suiteFolders = ['litmus/classic', 'litmus/kvm'];

const rules = [
  { says: 'store buffering is seen without a fence', test: /^SB$/, strategy: /^kernel$/, seen: true },
  {
    says: 'store buffering is seen where smp_mb() was dropped',
    test: /^SB\+mbs$/,
    strategy: /^none$/,
    seen: true,
  },
  {
    says: 'store buffering is not seen with smp_mb()',
    test: /^SB\+mbs$/,
    strategy: /^(kernel|full)$/,
    seen: false,
  },
  { says: 'coherence holds', test: /^Co/, strategy: /./, seen: false },
  { says: 'a lock loses no increment', test: /^lock-counter$/, strategy: /^kernel$/, seen: false },
  {
    says: 'an atomic counter loses no increment',
    test: /^atomic-counter$/,
    strategy: /^kernel$/,
    seen: false,
  },
];

/**
 * Sentences on what is wrong with the results of the suite; `host` are those of the same tests here.
 * A violation that shows nothing but what `allowed(row)` lets pass is the emulator's.
 */
export function problemsOfSuite(results, host, allowed) {
  return [
    ...problemsOfAny(results, allowed),
    ...rules.flatMap((rule) => brokenRule(rule, results)),
    ...otherForm(results, host),
  ];
}

/** Sentences on tests, by their names, that LKMM forbids and that were seen as they are written. */
export function problemsOfForbidden({ rows }, names) {
  return rows
    .filter(({ test, strategy }) => names.includes(test.name) && strategy === 'kernel')
    .filter((row) => sightings(row) > 0)
    .map((row) => `${nameOf(row)} was seen, which LKMM forbids`);
}

/**
 * Breaks of the chain that are known: the Principles of Operation do not say that later fetches wait for
 * the store of an interlocked update, and smp_mb__after_atomic() is no instruction on s390x.
 */
const knownBreaks = { s390x: ['SB+incs+mbs', 'SB+mbs'] };

/**
 * Orders of an architecture's model that its emulator does not keep, as lines of the model's text. On arm64
 * QEMU puts a barrier before the store of STLR and another after the load of LDAR, and none between the two
 * (trans_STLR and trans_LDAR in its target/arm/tcg/translate-a64.c).
 */
export const brokenByEmulator = { arm64: ['| [L]; po; [A]'] };

/** Sentences on outcomes that an architecture's model, as its emulator keeps it, does not allow. */
export function problemsOfModel({ rows }, allowed) {
  return rows.flatMap((row) =>
    outsideOf(row, allowed).map(
      ({ values }) => `${nameOf(row)}: ${JSON.stringify(values)} was seen, which its model forbids`,
    ),
  );
}

/** Outcomes of a row that were seen outside what `allowed(row)` lets pass; none where that was not decided. */
function outsideOf(row, allowed) {
  if (row.runs.length === 0) return [];
  const may = allowed(row);
  if (may === undefined) return [];
  return row.runs
    .flatMap(({ outcomes }) => outcomes)
    .filter(({ values, count }) => count > 0 && !may(values));
}

function problemsOfAny({ machine, target, rows, findings }, allowed) {
  const breaks = brokenByEmulator[target.architecture] !== undefined;
  const known = knownBreaks[target.architecture] ?? [];
  return [
    ...findings
      .filter(({ kind, test }) => kind !== 'broken-chain' || !known.includes(test))
      .map(({ kind, test, strategy, sentence }) => `${kind}: ${test} ${strategy}: ${sentence}`),
    ...(machine.emulation === undefined ? ['the results do not say that they were emulated'] : []),
    ...rows
      .filter(({ verdict }) => ['invalid', 'violation'].includes(verdict))
      .filter((row) => !breaks || row.verdict === 'invalid' || outsideOf(row, allowed).length > 0)
      .map((row) => `${nameOf(row)}: ${row.verdict}: ${row.reason}`),
    ...rows.flatMap((row) =>
      row.runs
        .filter(({ invalid }) => invalid !== undefined)
        .map(({ plan, invalid }) => `${nameOf(row)} under ${plan} is no data: ${invalid}`),
    ),
    ...rows
      .filter(
        ({ strategy, verdict, reason }) =>
          strategy === 'kernel' && verdict === 'not-run' && !/rcu/.test(reason),
      )
      .map((row) => `${nameOf(row)} did not run: ${row.reason}`),
  ];
}

function brokenRule({ says, test, strategy, seen }, { rows }) {
  const meant = rows.filter(
    (row) => test.test(row.test.name) && strategy.test(row.strategy) && row.iterations > 0,
  );
  if (meant.length === 0) return [`no row to tell whether ${says}`];
  return meant
    .filter((row) => sightings(row) > 0 !== seen)
    .map((row) => `${nameOf(row)} in ${row.iterations} iterations: ${sightings(row)} seen, though ${says}`);
}

/** Rows of the tests asked for, and what they observe, are the same on every architecture; controls differ. */
function otherForm(results, host) {
  const [here, there] = [formOf(results), formOf(host)];
  return [...new Set([...here.keys(), ...there.keys()])].flatMap((name) => {
    if (!here.has(name)) return [`${name} is missing`];
    if (!there.has(name)) return [`${name} has no counterpart on this machine`];
    const [observed, expected] = [here.get(name), there.get(name)];
    if (observed === '' || expected === '' || observed === expected) return [];
    return [`${name} observes ${observed} instead of ${expected}`];
  });
}

/** The observables of each row, or '' where it had no run of its own. */
function formOf({ rows }) {
  const asked = rows.filter(({ test }) => suiteFolders.some((folder) => test.file.startsWith(`${folder}/`)));
  return new Map(
    asked.map((row) => {
      const outcomes = row.runs.flatMap((run) => run.outcomes);
      const observed = new Set(outcomes.flatMap(({ values }) => Object.keys(values)));
      return [nameOf(row), [...observed].toSorted().join(', ')];
    }),
  );
}

function nameOf({ test, strategy }) {
  return `${test.name} ${strategy}`;
}

function sightings({ test, iterations, witnesses }) {
  return test.quantifier === 'forall' ? iterations - witnesses : witnesses;
}
