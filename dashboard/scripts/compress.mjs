// Writes .br and .gz beside each text file of the build, so that the hub never compresses at run time.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = new URL("../../hub/medialab_hub/static/", import.meta.url).pathname;
const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };

function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

for (const path of walk(root)) {
  if (/\.(br|gz)$/.test(path)) rmSync(path);
  else if (/\.(js|css|html|svg|json|wasm)$/.test(path)) {
    const data = readFileSync(path);
    if (data.length < 512) continue;
    writeFileSync(`${path}.br`, brotliCompressSync(data, quality));
    writeFileSync(`${path}.gz`, gzipSync(data, { level: 9 }));
  }
}
