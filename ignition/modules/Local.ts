import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import guerdon from "./Guerdon.ts";

/** Everything a local chain needs: factory, quorum, and a stablecoin that anyone may mint. */
export default buildModule("Local", (m) => ({ ...m.useModule(guerdon), token: m.contract("TestStablecoin") }));
