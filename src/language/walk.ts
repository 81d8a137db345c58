import type { Expression, LitmusTest, Proposition, Statement } from './litmus-test.ts';

/** Visits every statement, those inside `if` and blocks included, in the order of the text. */
export function forEachStatement(
  statements: readonly Statement[],
  visit: (statement: Statement) => void,
): void {
  for (const statement of statements) {
    visit(statement);
    if (statement.kind === 'block') forEachStatement(statement.body, visit);
    if (statement.kind === 'if') {
      forEachStatement(statement.then, visit);
      forEachStatement(statement.otherwise, visit);
    }
  }
}

/** The expressions of a statement itself, not of the statements inside it. */
export function expressionsOf(statement: Statement): readonly Expression[] {
  switch (statement.kind) {
    case 'declare':
      return statement.value === undefined ? [] : [statement.value];
    case 'assign':
      return [statement.target, statement.value];
    case 'evaluate':
      return [statement.expression];
    case 'if':
      return [statement.condition];
    case 'block':
      return [];
  }
}

/** The operands of an expression, in the order of the text. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'name':
      return [];
    case 'unary':
    case 'cast':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'call':
      return expression.arguments;
  }
}

/** Visits an expression and everything inside it, the whole before its parts. */
export function forEachExpression(expression: Expression, visit: (expression: Expression) => void): void {
  visit(expression);
  for (const operand of operandsOf(expression)) forEachExpression(operand, visit);
}

/** Visits every expression of the statements and everything inside them. */
export function forEachExpressionIn(
  statements: readonly Statement[],
  visit: (expression: Expression) => void,
): void {
  forEachStatement(statements, (statement) => {
    for (const expression of expressionsOf(statement)) forEachExpression(expression, visit);
  });
}

export type Atom = Extract<Proposition, { kind: 'atom' }>;

/** The atoms of a proposition, from left to right. */
export function atomsOf(proposition: Proposition): readonly Atom[] {
  const atoms: Atom[] = [];
  const visit = (part: Proposition): void => {
    if (part.kind === 'atom') atoms.push(part);
    if (part.kind === 'not') visit(part.operand);
    if (part.kind === 'and' || part.kind === 'or') {
      visit(part.left);
      visit(part.right);
    }
  };
  visit(proposition);
  return atoms;
}

/** The atoms of the condition, the filter and the phases. */
export function atomsOfTest(test: LitmusTest): readonly Atom[] {
  const phases = test.header.phases.map((phase) => phase.proposition);
  const filter = test.filter === undefined ? [] : [test.filter];
  return [test.condition.proposition, ...filter, ...phases].flatMap(atomsOf);
}

/** The names of the locations in the initial state, the conditions and `locations`; a name may come twice. */
export function locationNames(test: LitmusTest): readonly string[] {
  const constants = test.initial.flatMap((value) =>
    value.kind === 'location' ? value.values : [value.value],
  );
  const atoms = atomsOfTest(test);
  const values = atoms.map((atom) => atom.value);
  const observables = [...test.locations, ...atoms.map((atom) => atom.observable)];
  return [
    ...test.initial.flatMap((value) => (value.kind === 'location' ? [value.name] : [])),
    ...[...constants, ...values].flatMap((value) => (value.kind === 'address' ? [value.location] : [])),
    ...[...observables, ...values].flatMap((value) => (value.kind === 'location' ? [value.name] : [])),
  ];
}
