/** Who may import what. Paths are folders or files from the project's root, with forward slashes. */
export interface Zone {
  /** What the rule is about: everything in these paths but in `except`. */
  readonly of: readonly string[];
  readonly except?: readonly string[];
  /** Packages that may be imported, subpaths included; any where not given. Node's own modules count as packages. */
  readonly packages?: readonly string[];
  /** Project paths that may be imported; any where not given. */
  readonly paths?: readonly string[];
  /** Project paths of which only types may be imported. */
  readonly typesOf?: readonly string[];
  /** Project paths that may not be imported, types included. */
  readonly never?: readonly string[];
  /** Ends the sentence "this may not be imported here: …". */
  readonly because: string;
}

const PROTOCOL = "contracts/protocol";
const DOMAIN = "oracle/domain";

/** Packages that compute and do nothing else. */
const PURE = ["zod", "canonicalize", "papaparse", "yaml", "@openzeppelin/merkle-tree", "viem"];

/** Imports point one way: `contracts/protocol`, `oracle/domain`, everything else; adapters meet the rest only in `main.ts`. */
export const ZONES: readonly Zone[] = [
  {
    of: [PROTOCOL],
    packages: ["viem"],
    paths: [PROTOCOL],
    because: "contracts/protocol imports only viem and itself",
  },
  {
    of: [DOMAIN],
    packages: PURE,
    paths: [PROTOCOL, DOMAIN],
    because: `oracle/domain imports only contracts/protocol, itself and ${PURE.join(", ")}`,
  },
  {
    of: ["oracle/adapters"],
    never: ["oracle/http", "oracle/compose", "oracle/main.ts", "app", "scripts", "test"],
    because: "adapters know domain and ports, not who uses them",
  },
  {
    of: ["oracle"],
    except: ["oracle/adapters", "oracle/compose", "oracle/main.ts"],
    never: ["oracle/adapters"],
    because:
      "only oracle/compose, oracle/main.ts, scripts and tests meet adapters; elsewhere in the oracle, use its ports",
  },
  {
    of: ["oracle"],
    never: ["app", "scripts", "test"],
    because: "the oracle stands alone",
  },
  {
    of: ["app"],
    paths: ["app", PROTOCOL, DOMAIN],
    typesOf: ["oracle"],
    because: "the app takes values only from contracts/protocol and oracle/domain, and types from the rest of oracle",
  },
];
