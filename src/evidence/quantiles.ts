/**
 * The beta and Student t distributions, as far as intervals need them. Written here because the libraries
 * at hand lose their accuracy at 10^8 iterations, need WebAssembly, or bring hundreds of packages.
 * Section numbers with DLMF are of the NIST Digital Library of Mathematical Functions.
 */

/** Stirling's series for ln Γ(x) less its leading terms (DLMF 5.11.1); 1e-13 from x = 10 on. */
function stirlingRest(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  return inverse * (1 / 12 + square * (-1 / 360 + square * (1 / 1260 - square / 1680)));
}

/** ln Γ(x) for x > 0: the recurrence up to where Stirling's series is accurate. */
function logGamma(x: number): number {
  let product = 1;
  let raised = x;
  for (; raised < 10; raised++) product *= raised;
  return (
    (raised - 0.5) * Math.log(raised) -
    raised +
    Math.log(2 * Math.PI) / 2 +
    stirlingRest(raised) -
    Math.log(product)
  );
}

/** ln B(a, b), without subtracting huge logarithms from each other where one argument is large. */
function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < 10) return logGamma(a) + logGamma(b) - logGamma(a + b);
  const sum = small + large;
  const largeOverSum =
    (0.5 - large) * Math.log1p(small / large) -
    small * Math.log(sum) +
    small +
    stirlingRest(large) -
    stirlingRest(sum);
  return logGamma(small) + largeOverSum;
}

const mostTerms = 100_000;

/**
 * The continued fraction of the incomplete beta function (DLMF 8.17.22), evaluated by Lentz's method as
 * modified by Thompson and Barnett (J. Comput. Phys. 64, 1986).
 */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const awayFromZero = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < mostTerms; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return fraction;
}

/** A number between 0 and 1 with its complement, which keeps its digits where the number is close to 1. */
interface Fraction {
  readonly x: number;
  /** 1 - x */
  readonly y: number;
}

/** ln of x^a (1 - x)^b: of the beta density, times x (1 - x) B(a, b). */
function logWeight({ x, y }: Fraction, a: number, b: number): number {
  const logX = x < 0.5 ? Math.log(x) : Math.log1p(-y);
  const logY = x < 0.5 ? Math.log1p(-x) : Math.log(y);
  return a * logX + b * logY;
}

/** @param logB ln B(a, b), which a quantile's search needs once. */
function betaProbabilityAt({ x, y }: Fraction, a: number, b: number, logB = logBeta(a, b)): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  const weight = Math.exp(logWeight({ x, y }, a, b) - logB);
  return x < (a + 1) / (a + b + 2)
    ? (weight * betaFraction(x, a, b)) / a
    : 1 - (weight * betaFraction(y, b, a)) / b;
}

/** From these shapes on, Carter's approximation of the quantile is accurate to seven digits or more. */
const largeShape = 1e5;

/**
 * Where the beta distribution reaches a probability: Newton's method on the logit of x, within a bracket.
 * It follows the logarithm of the smaller tail, which is nearly straight.
 */
function betaQuantileAt(probability: number, a: number, b: number): Fraction {
  if (Math.min(a, b) >= largeShape) return carterQuantile(probability, a, b);
  const direction = probability <= 0.5 ? 1 : -1;
  const goal = direction === 1 ? probability : 1 - probability;
  const logB = logBeta(a, b);
  let [low, high] = [-700, 700];
  let logit = Math.log(a / b);
  for (let step = 0; step < 200; step++) {
    const fraction = { x: 1 / (1 + Math.exp(-logit)), y: 1 / (1 + Math.exp(logit)) };
    const below = betaProbabilityAt(fraction, a, b, logB);
    const tail = direction === 1 ? below : 1 - below;
    const excess = direction * Math.log(tail / goal);
    if (excess > 0) high = logit;
    else low = logit;
    const newton = logit - (excess * tail) / Math.exp(logWeight(fraction, a, b) - logB);
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - logit);
    logit = next;
    if (moved < 1e-12 * Math.max(1, Math.abs(logit))) break;
  }
  return { x: 1 / (1 + Math.exp(-logit)), y: 1 / (1 + Math.exp(logit)) };
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.5.22 (Carter 1947). */
function carterQuantile(probability: number, a: number, b: number): Fraction {
  const deviate = twoSidedNormal(2 * Math.min(probability, 1 - probability));
  const y = probability < 0.5 ? deviate : -deviate;
  const inverseA = 1 / (2 * a - 1);
  const inverseB = 1 / (2 * b - 1);
  const h = 2 / (inverseA + inverseB);
  const lambda = (y * y - 3) / 6;
  const w = (y * Math.sqrt(h + lambda)) / h - (inverseB - inverseA) * (lambda + 5 / 6 - 2 / (3 * h));
  const odds = (a / b) * Math.exp(-2 * w);
  return { x: odds / (1 + odds), y: 1 / (1 + odds) };
}

/** The probability that a beta variable with shapes `a`, `b` > 0 is at most `x`. */
export function betaProbability(x: number, a: number, b: number): number {
  return betaProbabilityAt({ x, y: 1 - x }, a, b);
}

/** What a beta variable with shapes `a`, `b` > 0 stays below with a probability between 0 and 1. */
export function betaQuantile(probability: number, a: number, b: number): number {
  return betaQuantileAt(probability, a, b).x;
}

/** What the absolute value of Student's t exceeds with the given probability; degrees of freedom need not be whole. */
export function twoSidedT(probability: number, degreesOfFreedom: number): number {
  const { x, y } = betaQuantileAt(probability, degreesOfFreedom / 2, 0.5);
  return Math.sqrt((degreesOfFreedom * y) / x);
}

/** The probability that the absolute value of Student's t exceeds `t`. */
export function twoSidedTProbability(t: number, degreesOfFreedom: number): number {
  const squares = degreesOfFreedom + t * t;
  return betaProbabilityAt(
    { x: degreesOfFreedom / squares, y: (t * t) / squares },
    degreesOfFreedom / 2,
    0.5,
  );
}

/** Student's t with this many degrees of freedom differs from a normal variable by 1e-9. */
const endless = 1e9;

/** The probability that the absolute value of a standard normal variable exceeds `z`. */
export function twoSidedNormalProbability(z: number): number {
  return twoSidedTProbability(z, endless);
}

/** What the absolute value of a standard normal variable exceeds with the given probability. */
export function twoSidedNormal(probability: number): number {
  // Abramowitz and Stegun 26.2.23, good to three digits; Newton's method on the logarithm doubles them.
  const u = Math.sqrt(-2 * Math.log(probability / 2));
  const above = (0.010328 * u + 0.802853) * u + 2.515517;
  const below = ((0.001308 * u + 0.189269) * u + 1.432788) * u + 1;
  let z = u - above / below;
  for (let step = 0; step < 2; step++) {
    const tail = twoSidedNormalProbability(z);
    z += (Math.log(tail / probability) * tail) / (Math.sqrt(2 / Math.PI) * Math.exp(-(z ** 2) / 2));
  }
  return z;
}

/** Of two in the middle their mean; NaN of none. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** NaN of none. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
