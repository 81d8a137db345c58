/** Expressions of the cat language as text, with parentheses around everything that is made of parts. */

import type { Binding, Condition, Expression, MatchCase, Pattern } from '../../../src/model/cat/syntax.ts';

export function shown(expression: Expression): string {
  switch (expression.kind) {
    case 'universe':
      return '_';
    case 'empty':
      return '0';
    case 'variable':
      return expression.name;
    case 'tag':
      return `'${expression.name}`;
    case 'set':
      return `{${expression.members.map(shown).join(', ')}}`;
    case 'tuple':
      return `(${expression.members.map(shown).join(', ')})`;
    case 'identity':
      return `[${shown(expression.set)}]`;
    case 'complement':
      return `(~${shown(expression.operand)})`;
    case 'postfix':
      return `(${shown(expression.operand)}${expression.operator})`;
    case 'binary':
      return `(${shown(expression.left)} ${expression.operator} ${shown(expression.right)})`;
    case 'apply':
      return `(${shown(expression.callee)} ${shown(expression.argument)})`;
    case 'function':
      return `(fun ${pattern(expression.parameter)} -> ${shown(expression.body)})`;
    case 'let':
      return `(let ${expression.recursive ? 'rec ' : ''}${expression.bindings.map(binding).join(' and ')} in ${shown(expression.body)})`;
    case 'match':
      return `(match ${shown(expression.on)} with ${expression.cases.map(matchCase).join(' || ')} end)`;
    case 'try':
      return `(try ${shown(expression.attempt)} with ${shown(expression.otherwise)})`;
    case 'if':
      return `(if ${condition(expression.condition)} then ${shown(expression.then)} else ${shown(expression.otherwise)})`;
  }
}

const pattern = (of: Pattern): string => (typeof of === 'string' ? of : `(${of.join(', ')})`);

const binding = ({ name, value }: Binding): string => `${pattern(name)} = ${shown(value)}`;

function matchCase({ pattern: of, body }: MatchCase): string {
  const text = {
    empty: () => '{}',
    any: () => '_',
    tag: () => (of.kind === 'tag' ? `'${of.name}` : ''),
    add: () => (of.kind === 'add' ? `${of.element} ++ ${of.rest}` : ''),
  }[of.kind]();
  return `${text} -> ${shown(body)}`;
}

function condition(of: Condition): string {
  if (of.kind === 'variant') return `"${of.name}"`;
  const sign = { equal: '=', subset: 'subset', in: 'in' }[of.kind];
  return `${shown(of.left)} ${sign} ${shown(of.right)}`;
}
