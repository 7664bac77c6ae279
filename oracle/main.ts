import { serve } from "@hono/node-server";
import { BaseError } from "viem";
import { nodeSigner } from "./adapters/signers/node-signer.ts";
import { openAccount } from "./adapters/signers/open.ts";
import { SignerError } from "./adapters/signers/signer-error.ts";
import { viemChain } from "./adapters/chain/viem-chain.ts";
import { readConfig, SettingsError } from "./config.ts";
import { nodeApp } from "./http/node.ts";
import { createAssessor } from "./roles/assessor.ts";
import { lie } from "./roles/liar.ts";

/** An oracle node in a process of its own. It tells its parent, if it has one, the port it listens on and its address. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const signer = nodeSigner(await openAccount(config.key, config.address));
  const assessor = createAssessor({ chain: viemChain(config.rpcUrl), signer, ...(config.faulty ? { say: lie } : {}) });
  const listen = { fetch: nodeApp(assessor, logFailure).fetch, hostname: config.host, port: config.port };
  const server = serve(listen, ({ port }) => {
    // A parent that has gone by then is no fault of the node's: "disconnect" stops it.
    process.send?.({ port, address: signer.address }, undefined, undefined, () => undefined);
  });
  server.on("error", ({ message }) => {
    console.error(`cannot listen on ${config.host}:${config.port}: ${message}`);
    process.exit(1);
  });
  const stop = (): void => {
    server.close(() => process.exit(0));
  };
  // Ctrl-C reaches all processes of a terminal; where there is a parent, it decides when its nodes stop.
  process.on("SIGINT", process.send === undefined ? stop : () => undefined);
  process.on("SIGTERM", stop);
  process.on("disconnect", stop);
}

/** Of viem's errors only the short form: the long one quotes the endpoint, whose address may hold a key. */
function logFailure(error: Error): void {
  const { name, message } = error;
  console.error(`${name}: ${error instanceof BaseError ? error.shortMessage : message}`);
}

main().catch((error: unknown) => {
  if (!(error instanceof SettingsError || error instanceof SignerError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
});
