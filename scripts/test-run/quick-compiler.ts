import { globSync } from "node:fs";
import type { HardhatPlugin } from "hardhat/types/plugins";

const TESTS = "test/solidity/**/*.sol";
/** Around internal functions: they are code under test, compiled as they are deployed. */
const HARNESSES = "test/solidity/**/*Harness.sol";

/**
 * Compiles Solidity tests by the compiler of the build profile `quick`, whatever the profile of the contracts. Tests take contracts
 * from their artifacts (`vm.getCode`), so what is tested stays what is deployed.
 *
 * A plugin, because Hardhat compiles files together only where they share one settings object, which `overrides` in a user's
 * configuration never do.
 */
export const quickTestCompiler: HardhatPlugin = {
  id: "guerdon-quick-test-compiler",
  hookHandlers: {
    config: () =>
      Promise.resolve({
        default: () =>
          Promise.resolve({
            resolveUserConfig: async (userConfig, resolveVariable, next) => {
              const config = await next(userConfig, resolveVariable);
              const quick = config.solidity.profiles["quick"]?.compilers[0];
              if (quick === undefined) throw new Error("hardhat.config.ts lacks the build profile quick");
              const harnesses = new Set(globSync(HARNESSES, { cwd: config.paths.root }));
              const tests = globSync(TESTS, { cwd: config.paths.root }).filter((file) => !harnesses.has(file));
              for (const profile of Object.values(config.solidity.profiles)) {
                for (const file of tests) profile.overrides[file.replaceAll("\\", "/")] = quick;
              }
              return config;
            },
          }),
      }),
  },
};
