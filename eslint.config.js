import js from "@eslint/js";
import { createNodeResolver, importX } from "eslint-plugin-import-x";
import tseslint from "typescript-eslint";
import { walls } from "./scripts/lint/walls.ts";

/** Where the environment may be read; everywhere else settings come in as arguments. */
const READS_ENVIRONMENT = ["oracle/main.ts", "oracle/config.ts", "scripts/**", "test/**", "*.config.{js,ts}"];

/** Files whose tools ask for a default export. */
const DEFAULT_EXPORTS = ["*.config.{js,ts}", "app/*.config.{js,ts}", "ignition/modules/*.ts"];

/** Input, output and machines: not in the folders that browser and node share. */
const IMPURE = [
  "process",
  "Buffer",
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "window",
  "document",
  "localStorage",
  "console",
];

export default tseslint.config(
  {
    ignores: ["node_modules", "artifacts", "cache", "coverage", "dist", "app/dist", ".guerdon", "ignition/deployments"],
  },
  { ignores: ["contracts/protocol/generated"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `noUncheckedIndexedAccess` asks for `!` where an index is known to exist.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Objects of functions are closures here, not classes.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-confusing-void-expression": "off",
      // A check that the types make needless guards against callers without types.
      "@typescript-eslint/no-unnecessary-condition": "off",
      "@typescript-eslint/no-unnecessary-type-conversion": "off",
      // Dear, and of no use without enums.
      "@typescript-eslint/no-unsafe-enum-assignment": "off",
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true, allowNever: true },
      ],
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ["**/*.{js,ts,tsx}"],
    plugins: { "import-x": importX, guerdon: { rules: { walls } } },
    settings: { "import-x/resolver-next": [createNodeResolver({ extensions: [".ts", ".tsx", ".js"] })] },
    rules: {
      "guerdon/walls": "error",
      "import-x/no-default-export": "error",
      "import-x/no-cycle": ["error", { ignoreExternal: true }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Settings are read in oracle/config.ts and passed on." },
      ],
      "no-restricted-imports": [
        "error",
        { paths: ["process", "node:process"].map((name) => ({ name, importNames: ["env", "default"] })) },
      ],
    },
  },
  { files: DEFAULT_EXPORTS, rules: { "import-x/no-default-export": "off" } },
  { files: READS_ENVIRONMENT, rules: { "no-restricted-properties": "off", "no-restricted-imports": "off" } },
  {
    files: ["contracts/protocol/**", "oracle/domain/**"],
    rules: { "no-restricted-globals": ["error", ...IMPURE] },
  },
  {
    // Rules that need types cost most where they find least: results of contracts come without types from ethers.
    files: ["test/**"],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      // chai's properties are expressions.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
  { files: ["**/*.js"], languageOptions: { globals: { process: "readonly", console: "readonly" } } },
);
