import type { Statement } from '../language/litmus-test.ts';
import { branchUnless, emitPlainStore, evaluateAndDiscard, evaluateInto } from './expressions.ts';
import { label } from './machine-code.ts';
import { fail } from './thread-context.ts';
import type { ThreadContext } from './thread-context.ts';

/** Each statement in turn, as written. */
export function emitStatements(context: ThreadContext, body: readonly Statement[]): void {
  for (const statement of body) emitStatement(context, statement);
}

function emitStatement(context: ThreadContext, statement: Statement): void {
  const { registers } = context;
  switch (statement.kind) {
    case 'declare': {
      const variable = registers.variables.get(statement.name);
      if (variable !== undefined && statement.value !== undefined) {
        evaluateInto(context, statement.value, variable.register, variable.type);
      }
      return;
    }
    case 'assign': {
      const { target, value, at } = statement;
      if (target.kind !== 'name') {
        emitPlainStore(context, target, value, at);
        return;
      }
      const variable = registers.variables.get(target.name);
      if (variable === undefined) fail(context, at, `${target.name} is not a variable: declare it first`);
      evaluateInto(context, value, variable.register, variable.type);
      return;
    }
    case 'evaluate':
      evaluateAndDiscard(context, statement.expression);
      return;
    case 'if': {
      const otherwise = label('else');
      branchUnless(context, statement.condition, otherwise, 0);
      emitStatements(context, statement.then);
      if (statement.otherwise.length === 0) {
        context.emit([otherwise], statement.at);
        return;
      }
      const end = label('end');
      context.emit([context.target.jump(end), otherwise], statement.at);
      emitStatements(context, statement.otherwise);
      context.emit([end], statement.at);
      return;
    }
    case 'block':
      emitStatements(context, statement.body);
  }
}
