import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** The factory of all pools, and a quorum of oracle nodes. Parameters: `signers` (20-byte accounts) and `threshold`. */
export default buildModule("Guerdon", (m) => {
  const factory = m.contract("OutcomePoolFactory");
  const quorum = m.contract("OracleQuorum", [m.getParameter("signers"), m.getParameter("threshold")]);
  return { factory, quorum };
});
