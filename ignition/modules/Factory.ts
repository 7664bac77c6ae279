import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** The factory alone: the same module as in Guerdon.ts, so that a quorum can join it later in the same deployment. */
export default buildModule("Guerdon", (m) => ({ factory: m.contract("OutcomePoolFactory") }));
