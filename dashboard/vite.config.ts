// Builds the dashboard into the hub's package; file names carry a hash, so that they can be cached for ever.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const NEEDED_EARLY = /src\/(early|routes|lib\/(match|api\/early|store\/remembered))\.ts|preload-helper/;
const NEEDED_EVERYWHERE =
  /node_modules\/(?!barcode-detector|zxing-wasm)|src\/(main\.ts|styles\/|locales\/de\.)|src\/App|src\/screens\/Today|src\/lib\/(api|live|store|i18n|today|issues)\/|src\/lib\/(Shell|LinkBanner|router|status|text)|src\/lib\/ui\/(frame|Badge|Empty|Icon|icons|Moment|Name|Status|Trouble|announce)|src\/lib\/devices\/(filter|order)/;

const hub = process.env.MEDIALAB_HUB ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [svelte()],
  build: {
    outDir: "../hub/medialab_hub/static",
    emptyOutDir: true,
    // iPadOS 16.4 is the oldest system that is supported.
    target: ["es2022", "safari16.4", "chrome111", "firefox115"],
    // The content security policy allows no data: URLs.
    assetsInlineLimit: 0,
    manifest: true,
    // Browsers that do not know it fetch a little later.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // An entry of its own, so that it is a file of its own, which the page runs before it has the rest.
      input: { index: "index.html", early: "src/early.ts" },
      output: {
        // What every screen needs is one file: many small ones compress worse and cost round trips.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            { name: "base", test: (id) => NEEDED_EVERYWHERE.test(id) && !NEEDED_EARLY.test(id) },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": hub } },
});
