#!/usr/bin/env node
// Where node does not read TypeScript itself, or not in packages. Settings of whoever runs this are not for these sources.
const reads = process.features.typescript && !import.meta.url.includes("/node_modules/");
if (!reads) (await import("tsx/esm/api")).register({ tsconfig: false });
await import("./guerdon.ts");
