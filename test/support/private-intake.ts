import type { Hex, PrivateKeyAccount } from "viem";
import { listen } from "../../oracle/http/serve.ts";
import type { MadePool, RoundId } from "../../oracle/ports.ts";
import type { Intake } from "../../oracle/roles/intake/intake.ts";
import { CHAIN_ID, testApi, type TestApi } from "../http/support/api.ts";
import { evidenceOn, INTAKE } from "../http/support/intake.ts";
import { signer } from "../http/support/sign-in.ts";

/** A node of the oracle beside the intake, and somebody who is no part of it. */
export const NODE = signer(901);
export const STRANGER = signer(902);
/** Who sends what is private. */
export const SENDER = lower(signer(903));

/** A real intake whose API is served over real HTTP, with the clock of the test's API. */
export interface ServedIntake {
  readonly api: TestApi;
  readonly intake: Intake;
  readonly address: Hex;
  readonly port: number;
  readonly url: string;
  readonly pool: MadePool;
  readonly id: RoundId;
  /** Takes a document in. @returns its leaf */
  send(text: string, options?: { readonly private?: boolean }): Promise<Hex>;
  close(): Promise<void>;
}

/** @param given settings of the API beside its own address */
export async function serveIntake(given: Parameters<typeof testApi>[0] = {}): Promise<ServedIntake> {
  let app: Pick<TestApi["app"], "fetch"> = { fetch: () => new Response(null, { status: 503 }) };
  const server = await listen({ fetch: (request, env) => app.fetch(request, env) }, { hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${server.port}`;
  let intake: Intake | undefined;
  const api = await testApi({
    managers: [signer(904).address],
    publicUrl: url,
    roles: (ground) => evidenceOn(ground, (made) => void (intake = made), [lower(NODE)]),
    ...given,
  });
  app = api.app;
  const pool = api.pools[0]!;
  const id = { chainId: CHAIN_ID, pool: pool.pool, round: 0 };
  return {
    ...{ api, url, pool, id, intake: intake!, port: server.port, address: lower(INTAKE) },
    async send(text, { private: hidden = true } = {}) {
      const bytes = Buffer.from(text);
      const fixed = {
        ...id,
        kind: "document",
        name: "interview.txt",
        mediaType: "text/plain",
        sequence: null,
      } as const;
      const { receipt } = await intake!.accept({ ...fixed, source: SENDER, private: hidden, bytes });
      return receipt.leaf;
    },
    async close() {
      await server.close(0);
      await api.close();
    },
  };
}

export function lower({ address }: PrivateKeyAccount): Hex {
  return address.toLowerCase() as Hex;
}
