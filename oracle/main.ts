import { serve } from "@hono/node-server";
import { localSigner } from "./adapters/local-signer.ts";
import { viemChain } from "./adapters/viem-chain.ts";
import { readConfig } from "./config.ts";
import { nodeApp } from "./http/node.ts";
import { createAssessor } from "./roles/assessor.ts";
import { lie } from "./roles/liar.ts";

/** An oracle node in a process of its own. It tells its parent, if it has one, the port it listens on and its address. */
const config = readConfig(process.env);
const signer = localSigner(config.key);
const assessor = createAssessor({ chain: viemChain(config.rpcUrl), signer, ...(config.faulty ? { say: lie } : {}) });
const server = serve({ fetch: nodeApp(assessor).fetch, hostname: "127.0.0.1", port: config.port }, ({ port }) => {
  process.send?.({ port, address: signer.address });
});

function stop(): void {
  server.close(() => process.exit(0));
}

// Ctrl-C reaches all processes of a terminal; the parent decides when its nodes stop.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", stop);
process.on("disconnect", stop);
