import { BaseError } from "viem";
import { EndpointsError } from "./adapters/chain/endpoints-error.ts";
import { SignerError } from "./adapters/signers/signer-error.ts";
import { startNode } from "./compose/node.ts";
import { readConfig, SettingsError } from "./config.ts";
import { secretsOf } from "./config/secrets.ts";
import { InputError } from "./domain/errors.ts";
import { StoreUnavailable } from "./ports.ts";

/** Errors whose message says to an operator what to mend, and nothing that must not be shown. */
const TOLD = [SettingsError, SignerError, EndpointsError, StoreUnavailable, InputError] as const;

/** An oracle node in a process of its own. It tells its parent, if it has one, where it answers and its address. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const node = await startNode(config, secretsOf(process.env));
  const { address, url, opsUrl } = node;
  // A parent that has gone by then is no fault of the node's: "disconnect" stops it.
  process.send?.({ address, url, opsUrl }, undefined, undefined, () => undefined);
  const stop = (): void => {
    const late = setTimeout(() => process.exit(1), config.stopMs + 5_000);
    late.unref();
    void node.stop().then(() => process.exit(0));
  };
  // Ctrl-C reaches all processes of a terminal; where there is a parent, it decides when its nodes stop.
  process.on("SIGINT", process.send === undefined ? stop : () => undefined);
  process.on("SIGTERM", stop);
  process.on("disconnect", stop);
}

main().catch((error: unknown) => {
  const told = TOLD.some((kind) => error instanceof kind);
  const { code, message } = error as NodeJS.ErrnoException;
  if (told) console.error(message);
  else if (code === "EADDRINUSE" || code === "EACCES") console.error(`cannot listen: ${code}`);
  // Of viem's errors only the short form: the long one quotes the endpoint, whose address may hold a key.
  else console.error(error instanceof BaseError ? error.shortMessage : error);
  process.exit(1);
});
