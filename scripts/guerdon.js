#!/usr/bin/env node
import { register } from "tsx/esm/api";

// Settings of whoever runs this are not for these sources.
register({ tsconfig: false });
await import("./guerdon.ts");
