// Reads [{schema, value}, …] as JSON from standard input, and prints for each what Discord's description finds wrong with it.
// Names that the description does not know are wrong too: its module makes strict schemas only when told before it is run.
import { readFileSync, writeFileSync } from "node:fs";

const source = new URL("./node_modules/discord-api-spec/build/discord-api-spec.zod.js", import.meta.url);
const strict = new URL("./strict.mjs", import.meta.url);
writeFileSync(strict, readFileSync(source, "utf8").replace("let zObject = z.object;", "let zObject = z.strictObject;"));
const schemas = await import(strict.href);

const found = JSON.parse(readFileSync(0, "utf8")).map(({ schema, value }) => {
  const judged = schemas[schema].safeParse(value);
  return judged.success ? [] : judged.error.issues;
});
process.stdout.write(JSON.stringify(found));
