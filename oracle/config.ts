import { z } from "zod";
import { bytes32Schema } from "./domain/schema.ts";

/** Settings of a node, from the environment. */
const settingsSchema = z.object({
  /** Endpoint of the chain. */
  GUERDON_RPC_URL: z.url(),
  /** The node's private key, 32 bytes in hexadecimal. */
  GUERDON_NODE_KEY: bytes32Schema,
  /** Port to listen on; 0: any free one. */
  GUERDON_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  /** A node told to lie, to see that it changes nothing. */
  GUERDON_FAULTY: z.stringbool().default(false),
});

export interface NodeConfig {
  readonly rpcUrl: string;
  readonly key: `0x${string}`;
  readonly port: number;
  readonly faulty: boolean;
}

/**
 * Reads the settings of a node.
 * @throws Error that names every setting that is wrong, but no value: one of them is a key
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): NodeConfig {
  const parsed = settingsSchema.safeParse(environment);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error(`settings: ${faults.join("; ")}`);
  }
  const settings = parsed.data;
  return {
    rpcUrl: settings.GUERDON_RPC_URL,
    key: settings.GUERDON_NODE_KEY,
    port: settings.GUERDON_PORT,
    faulty: settings.GUERDON_FAULTY,
  };
}
