import { isBuiltin } from "node:module";
import { dirname, relative, resolve, sep } from "node:path";
import { AST_NODE_TYPES, ESLintUtils, type TSESTree } from "@typescript-eslint/utils";
import { ZONES, type Zone } from "./zones.ts";

/** An import as the zones see it: a path from the project's root, or a package. */
type Target = { readonly path: string } | { readonly name: string };

/** ESLint's rule that imports keep to `ZONES`. */
export const walls = ESLintUtils.RuleCreator.withoutDocs({
  meta: {
    type: "problem",
    schema: [],
    messages: { wall: "{{source}} may not be imported here: {{because}}." },
    defaultOptions: [],
  },
  create(context) {
    const file = fromRoot(context.cwd, context.filename);
    const zones = ZONES.filter((zone) => covers(zone.of, file) && !covers(zone.except ?? [], file));
    if (zones.length === 0) return {};
    const check = (node: TSESTree.Node, literal: TSESTree.Node | null, typeOnly: boolean): void => {
      const source = textOf(literal);
      if (source === null) return;
      const target = targetOf(context.cwd, context.filename, source);
      const zone = zones.find((one) => !allows(one, target, typeOnly));
      if (zone !== undefined) context.report({ node, messageId: "wall", data: { source, because: zone.because } });
    };
    return {
      ImportDeclaration: (node) => {
        check(node, node.source, isTypeOnly(node));
      },
      ExportNamedDeclaration: (node) => {
        check(node, node.source, node.exportKind === "type");
      },
      ExportAllDeclaration: (node) => {
        check(node, node.source, node.exportKind === "type");
      },
      ImportExpression: (node) => {
        check(node, node.source, false);
      },
      TSImportType: (node) => {
        check(node, node.source, true);
      },
    };
  },
});

function allows(zone: Zone, target: Target, typeOnly: boolean): boolean {
  if ("name" in target) return zone.packages === undefined || zone.packages.includes(target.name);
  if (covers(zone.never ?? [], target.path)) return false;
  if (zone.paths === undefined || covers(zone.paths, target.path)) return true;
  return typeOnly && covers(zone.typesOf ?? [], target.path);
}

function targetOf(root: string, file: string, source: string): Target {
  if (source.startsWith(".") || source.startsWith("/")) return { path: fromRoot(root, resolve(dirname(file), source)) };
  if (isBuiltin(source)) return { name: source.startsWith("node:") ? source : `node:${source}` };
  return { name: source.split("/", source.startsWith("@") ? 2 : 1).join("/") };
}

/** Whether the import leaves nothing at run time: `import type`, as `verbatimModuleSyntax` keeps `import { type a }`. */
function isTypeOnly(node: TSESTree.ImportDeclaration): boolean {
  return node.importKind === "type";
}

function textOf(literal: TSESTree.Node | null): string | null {
  return literal?.type === AST_NODE_TYPES.Literal && typeof literal.value === "string" ? literal.value : null;
}

function covers(paths: readonly string[], file: string): boolean {
  return paths.some((path) => file === path || file.startsWith(`${path}/`));
}

function fromRoot(root: string, file: string): string {
  return relative(root, file).split(sep).join("/");
}
