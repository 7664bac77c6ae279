import { fileURLToPath } from "node:url";
import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import hardhatChaiMatchers from "@nomicfoundation/hardhat-ethers-chai-matchers";
import hardhatIgnitionViem from "@nomicfoundation/hardhat-ignition-viem";
import hardhatMocha from "@nomicfoundation/hardhat-mocha";
import hardhatNetworkHelpers from "@nomicfoundation/hardhat-network-helpers";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { configVariable, defineConfig } from "hardhat/config";
import { quickTestCompiler } from "./scripts/test-run/quick-compiler.ts";

/** One compiler setting of the contracts for tests, measurements and deployment: what is tested is what is deployed. */
const solc = {
  version: "0.8.37",
  path: fileURLToPath(import.meta.resolve("solc/soljson.js")),
  settings: { evmVersion: "cancun", viaIR: true, optimizer: { enabled: true, runs: 1_000_000 } },
};

/** The legacy code generator, unoptimized: for the code of tests, and for contracts that are spoiled on purpose. */
const quick = { ...solc, settings: { evmVersion: "cancun", viaIR: false, optimizer: { enabled: false } } };

export default defineConfig({
  plugins: [
    hardhatEthers,
    hardhatChaiMatchers,
    hardhatIgnitionViem,
    hardhatMocha,
    hardhatNetworkHelpers,
    hardhatViem,
    quickTestCompiler,
  ],
  networks: {
    /** A node on this machine, with accounts of its own: `npm start` or `npx hardhat node`. */
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545" },
    /** Any other chain, by two environment variables. */
    custom: {
      type: "http",
      chainType: "l1",
      url: configVariable("GUERDON_RPC_URL"),
      accounts: [configVariable("GUERDON_DEPLOYER_KEY")],
    },
  },
  solidity: {
    profiles: { default: { compilers: [solc] }, production: { compilers: [solc] }, quick: { compilers: [quick] } },
  },
  paths: { tests: { mocha: "./test", solidity: "./test/solidity" } },
  test: { mocha: { timeout: 120_000 } },
});
