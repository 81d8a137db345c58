import type { IParserErrorMessageProvider, IToken, TokenType } from 'chevrotain';
import { EOF } from './chevrotain.ts';
import { suggestion } from './nearest.ts';
import * as t from './tokens.ts';

/** What the grammar says where a file departs from it, in the user's words. */
export const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage({ expected, actual, previous, ruleName }) {
    if (ruleName === 'thread' && actual.tokenType === t.Name && previous.tokenType === t.LeftParenthesis) {
      return `unknown type '${actual.image}'`;
    }
    const instead = foundIn[`${ruleName} ${actual.tokenType.name}`];
    if (instead !== undefined) return instead;
    if (isAssigning(actual) && expectsMore(expected)) {
      return 'an assignment is a statement of its own, and cannot stand inside an expression';
    }
    const wanted = wantedIn[`${ruleName} ${expected.name}`] ?? label(expected);
    return `expected ${wanted}, found ${shown(actual)}`;
  },
  buildNotAllInputParsedMessage({ firstRedundant }) {
    const instead = foundIn[`test ${firstRedundant.tokenType.name}`];
    if (instead !== undefined) return instead;
    const meant = suggestion(firstRedundant.image, ['locations', 'filter', 'exists', 'forall']);
    return `expected ${outline}, found ${shown(firstRedundant)}${meant}`;
  },
  buildNoViableAltMessage({ actual, customUserDescription, ruleName }) {
    const [first] = actual;
    if (ruleName === 'base' && first?.tokenType === t.Name) return `unknown type '${first.image}'`;
    if (first !== undefined && isAssigning(first)) {
      return 'an assignment is a statement of its own, and cannot stand inside an expression';
    }
    return `expected ${customUserDescription ?? wantedIn[ruleName] ?? 'something else'}, found ${shown(first)}`;
  },
  buildEarlyExitMessage({ actual, customUserDescription, ruleName }) {
    const instead = foundIn[`${ruleName} ${actual[0]?.tokenType.name}`];
    if (instead !== undefined) return instead;
    return `expected ${customUserDescription ?? wantedIn[ruleName] ?? 'more'}, found ${shown(actual[0])}`;
  },
};

const outline =
  "a thread ('P0(...)'), 'locations', 'filter', or the condition ('exists', '~exists' or 'forall')";

/** By rule and the token found there: what C has and a litmus test has not. */
const foundIn: Readonly<Record<string, string>> = {
  'declaration LeftBracket': 'local arrays are not supported: a local is a number or a pointer',
  'expressionStatement Colon':
    'labels are not supported: a thread runs straight through, with if and else only',
  'test TypeWord': 'functions and global variables are not supported: a test has threads, P0 to the last',
  'test Struct': 'structs are not supported: give each field a location of its own',
};

/** By rule and missing token, or by rule: what was wanted there. */
const wantedIn: Readonly<Record<string, string>> = {
  'test Title': "'C NAME' on the first line",
  test: "a thread ('P0(...)')",
  'initialState InitialOpen': "'{' to open the initial state",
  'initialState InitialClose': "';' or '}' in the initial state",
  'initialiser ElementsClose': "',' or '}' after the value",
  'initialRegister Equal': "'=' after the register",
  'register Colon': "':' and a register after the thread's number",
  'register Name': "a register's name after ':'",
  register: 'a register, as 0:r1',
  initialLocation: 'a location',
  'index NumberToken': 'a number in the brackets',
  'signedNumber NumberToken': "a number after '-'",
  'addressOfNamed Name': "a location's name after '&'",
  'thread LeftParenthesis': "'(' and the parameters",
  'thread ParametersClose': "',' or ')' after the parameter",
  'thread BodyOpen': "'{' to open the thread's body",
  'thread BlockClose': "a statement or '}'",
  'block BlockClose': "a statement or '}'",
  'conditional LeftParenthesis': "'(' after 'if'",
  'conditional RightParenthesis': "')' after the condition of 'if'",
  'declaration Name': 'the name of a local after its type',
  'declaration Semicolon': "';' after the declaration",
  'stepStatement Semicolon': "';' after the statement",
  'expressionStatement Semicolon': "';' after the statement",
  'cast RightParenthesis': "')' after the type",
  'primary RightParenthesis': "')' to close the parenthesis",
  'operand RightBracket': "']' after the index",
  'nameOrCall RightParenthesis': "',' or ')' after the argument",
  'locations LeftBracket': "'[' after 'locations'",
  'locations RightBracket': "';' or ']' after the location",
  'condition Exists': "'exists' after the negation",
  'primaryProposition RightParenthesis': "'/\\', '\\/' or ')' in the proposition",
  operand: 'an operator or an operand',
};

function label(token: TokenType): string {
  return token.LABEL ?? token.name;
}

const longestShown = 30;

/** A token as a sentence quotes it. */
function shown(token: IToken | undefined): string {
  if (token === undefined || token.tokenType === EOF) return 'the end of the text';
  const { image } = token;
  return image.length > longestShown ? `'${image.slice(0, longestShown)}…'` : `'${image}'`;
}

function isAssigning(token: IToken): boolean {
  return [t.Equal, t.AssignOperator, t.Step].some((candidate) => candidate === token.tokenType);
}

/** Whether an operator could have stood there: the expression before is whole. */
function expectsMore(expected: TokenType): boolean {
  return [t.Semicolon, t.RightParenthesis, t.RightBracket].some((candidate) => candidate === expected);
}
