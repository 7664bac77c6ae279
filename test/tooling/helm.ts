import { stringify } from "yaml";

/** Values by name, as templates see them. */
type Scope = Readonly<Record<string, unknown>>;

/** Where a template is: what `.` and `$` stand for, and its variables. */
interface Place {
  readonly dot: unknown;
  readonly root: unknown;
  readonly variables: Scope;
}

type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "value"; readonly expression: string }
  | { readonly kind: "range" | "if"; readonly expression: string; readonly inside: readonly Node[] };

const ACTION = /(\s*)\{\{(-?)\s*(.*?)\s*(-?)\}\}/gs;

/**
 * Renders the few constructs of Helm's templates that ours use: fields of `.`, `$` and variables, `quote`, `toYaml`, `nindent`, `if`, and
 * `range` with and without names. What it does not know is an error, so that templates stay within what is tested.
 */
export function renderTemplate(template: string, root: Scope): string {
  const nodes = parse(tokens(template));
  return show(nodes, { dot: root, root, variables: {} });
}

function tokens(template: string): { text?: string; action?: string }[] {
  const found: { text?: string; action?: string }[] = [];
  let from = 0;
  for (const match of template.matchAll(ACTION)) {
    const [whole, space, trims, action] = match as unknown as [string, string, string, string];
    found.push({ text: template.slice(from, match.index) + (trims === "-" ? "" : space) }, { action });
    from = match.index + whole.length;
  }
  return [...found, { text: template.slice(from) }];
}

function parse(list: { text?: string; action?: string }[], block?: string): Node[] {
  const nodes: Node[] = [];
  for (let token = list.shift(); token !== undefined; token = list.shift()) {
    const { text, action = "" } = token;
    if (text !== undefined) nodes.push({ kind: "text", text });
    else if (action === "end") return nodes;
    else if (/^(?:range|if) /.test(action)) {
      const kind = action.startsWith("if") ? "if" : "range";
      nodes.push({ kind, expression: action.slice(kind.length + 1), inside: parse(list, action) });
    } else nodes.push({ kind: "value", expression: action });
  }
  if (block !== undefined) throw new Error(`{{ ${block} }} has no end`);
  return nodes;
}

function show(nodes: readonly Node[], place: Place): string {
  return nodes.map((node) => showOne(node, place)).join("");
}

function showOne(node: Node, place: Place): string {
  if (node.kind === "text") return node.text;
  if (node.kind === "value") return String(evaluate(node.expression, place));
  if (node.kind === "if") return evaluate(node.expression, place) ? show(node.inside, place) : "";
  const named = /^\$(\w+), \$(\w+) := (.*)$/.exec(node.expression);
  const items = Object.entries(evaluate(named?.[3] ?? node.expression, place) as object);
  return items
    .map(([key, item]) => {
      const variables = named === null ? place.variables : { ...place.variables, [named[1]!]: key, [named[2]!]: item };
      return show(node.inside, { ...place, variables, dot: item });
    })
    .join("");
}

function evaluate(expression: string, place: Place): unknown {
  const [source, ...filters] = expression.split("|").map((part) => part.trim());
  return filters.reduce((value, filter) => applied(filter, value), lookUp(source!, place));
}

function applied(filter: string, value: unknown): unknown {
  const [name, argument] = filter.split(" ");
  if (name === "quote") return JSON.stringify(String(value));
  if (name === "toYaml") return stringify(value).trimEnd();
  if (name === "nindent") {
    const indent = " ".repeat(Number(argument));
    return `\n${String(value)}`.replaceAll("\n", `\n${indent}`);
  }
  throw new Error(`unknown function ${filter}`);
}

function lookUp(path: string, { dot, root, variables }: Place): unknown {
  const parts = /^(\$\w*|)((?:\.\w+)*)\.?$/.exec(path);
  if (parts === null) throw new Error(`unknown expression ${path}`);
  const [, start, fields] = parts;
  const from = start === "" ? dot : start === "$" ? root : variables[start!.slice(1)];
  const value = fields!
    .split(".")
    .filter((field) => field !== "")
    .reduce<unknown>((scope, field) => (scope as Scope | undefined)?.[field], from);
  if (value === undefined) throw new Error(`${path} is not set`);
  return value;
}
