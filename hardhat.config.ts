import { fileURLToPath } from "node:url";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnitionViem from "@nomicfoundation/hardhat-ignition-viem";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";

/** One compiler setting for tests, measurements and deployment: what is tested is what is deployed. */
const solc = {
  version: "0.8.37",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  settings: { evmVersion: "cancun", viaIR: true, optimizer: { enabled: true, runs: 1_000_000 } },
};

export default defineConfig({
  plugins: [hardhatEthers, hardhatChaiMatchers, hardhatIgnitionViem, hardhatMocha, hardhatNetworkHelpers, hardhatViem],
  solidity: { profiles: { default: { compilers: [solc] }, production: { compilers: [solc] } } },
  paths: { tests: { mocha: "./test", solidity: "./test/solidity" } },
  test: { mocha: { timeout: 120_000 } },
});
