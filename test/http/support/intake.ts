import type { Address, Hex } from "viem";
import { contentCheck } from "../../../oracle/adapters/intake/content.ts";
import { createSandbox } from "../../../oracle/adapters/intake/sandbox.ts";
import { nodeSigner } from "../../../oracle/adapters/signers/node-signer.ts";
import { IntakeRefusal } from "../../../oracle/domain/evidence-refusal.ts";
import { evidenceApp } from "../../../oracle/http/evidence.ts";
import { createIntake, type Intake } from "../../../oracle/roles/intake/intake.ts";
import { CHAIN_ID, type Ground } from "./api.ts";
import { signer } from "./sign-in.ts";

/** Who closes the evidence of all pools of a test. */
export const INTAKE = signer(900);

/**
 * A real intake on the ground of the API, without links: nothing is fetched.
 * @param nodes other nodes of the pools' oracle, in lower case
 */
export function intakeOn({ store, blobs, clock, log, pools }: Ground, nodes: readonly Hex[] = []): Intake {
  return createIntake({
    store,
    blobs,
    clock,
    log,
    queue: { add: () => Promise.resolve() },
    signer: nodeSigner(INTAKE),
    masterKey: new Uint8Array(32).fill(7),
    poolInfo: ({ pool }) => Promise.resolve(infoOf(pools, pool, nodes)),
    check: contentCheck(createSandbox()),
    fetchLink: () => Promise.reject(new IntakeRefusal("link-failed", { field: "url", limit: "no links in this test" })),
    readText: () => Promise.resolve({ failed: "unreadable" }),
  });
}

/** The evidence API over it. @param meet is given the intake */
export function evidenceOn(
  ground: Ground,
  meet: (intake: Intake) => void = () => undefined,
  nodes: readonly Hex[] = [],
) {
  const intake = intakeOn(ground, nodes);
  meet(intake);
  return { evidence: evidenceApp({ intake, chainId: CHAIN_ID }) };
}

function infoOf(pools: Ground["pools"], pool: Hex, nodes: readonly Hex[]) {
  const found = pools.find((one) => one.pool === pool);
  if (found === undefined) return null;
  const intake = INTAKE.address.toLowerCase() as Address;
  return { spec: { oracle: { signers: [intake, ...nodes], threshold: 1, intake } }, terms: found.terms, providers: [] };
}
