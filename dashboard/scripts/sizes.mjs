// Prints the brotli size of the first route, of the largest further part and of the whole app as JSON; budgets are asserted by a house test.
import { existsSync, readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";

const root = new URL("../../hub/medialab_hub/static/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(`${root}.vite/manifest.json`, "utf8"));

/** All files that loading this entry loads: itself, static imports, styles. */
function closure(key, seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const other of chunk.imports ?? []) closure(other, seen);
  return seen;
}

function brotli(files) {
  return [...files].reduce((sum, file) => {
    const path = `${root}${file}`;
    if (!existsSync(path)) throw new Error(`missing ${file}`);
    return sum + brotliCompressSync(readFileSync(path)).length;
  }, 0);
}

// The start page needs what the page names: early script, program, styles.
const first = new Set(readFileSync(`${root}index.html`, "utf8").match(/assets\/[\w.-]+\.(js|css)/g));
if (first.size < 3) throw new Error("index.html does not name its script and styles");
const all = new Set();
for (const key of Object.keys(manifest)) closure(key, all);
// The reader of codes comes when a camera or a picture is read, once, in browsers that bring none of their own.
const reader = new Set([...all].filter((file) => file.endsWith(".wasm")));
reader.forEach((file) => all.delete(file));
/** What opening this part loads beside what is there from the start. */
const extra = (key) => brotli([...closure(key)].filter((file) => !first.has(file) && !reader.has(file)));
const part = Math.max(...Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry).map(extra));
console.log(JSON.stringify({ first_route: brotli(first), part, app: brotli(all), reader: brotli(reader), files: all.size }));
