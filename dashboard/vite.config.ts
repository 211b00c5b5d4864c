// Builds the dashboard into the hub's package; file names carry a hash, so that they can be cached for ever.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

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
    manifest: "manifest.json",
    reportCompressedSize: false,
  },
  server: { proxy: { "/api": hub } },
});
