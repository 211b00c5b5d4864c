/** Which path shows which screen; each screen is a chunk of its own. */
import type { Component } from "svelte";
import type { Key } from "./lib/i18n/index.svelte";
import { match } from "./lib/match";

type Loaded = Promise<{ default: Component<Record<string, string>> }>;

interface Route {
  pattern: string;
  title: Key;
  load: () => Promise<unknown>;
}

const ROUTES: Route[] = [
  { pattern: "/", title: "nav.today", load: () => import("./screens/Today.svelte") },
  { pattern: "/devices", title: "nav.devices", load: () => import("./screens/Devices.svelte") },
  { pattern: "/devices/:id", title: "nav.devices", load: () => import("./screens/Device.svelte") },
  { pattern: "/found", title: "found.title", load: () => import("./screens/Found.svelte") },
  { pattern: "/find/:tag", title: "nav.devices", load: () => import("./screens/Find.svelte") },
  { pattern: "/jobs", title: "nav.jobs", load: () => import("./screens/Jobs.svelte") },
  { pattern: "/jobs/:id", title: "nav.jobs", load: () => import("./screens/Job.svelte") },
  { pattern: "/jobs/:id/record", title: "record.title", load: () => import("./screens/Record.svelte") },
  { pattern: "/more", title: "nav.more", load: () => import("./screens/More.svelte") },
  { pattern: "/login", title: "login.title", load: () => import("./screens/Login.svelte") },
  { pattern: "/setup", title: "setup.title", load: () => import("./screens/Setup.svelte") },
];

/** A screen with its parameters. */
export interface Screen {
  key: string;
  title: Key;
  params: Record<string, string>;
  load: () => Loaded;
}

/** The screen for that path; unknown paths get the one that says so. */
export function screenFor(path: string): Screen {
  for (const route of ROUTES) {
    const params = match(route.pattern, path);
    if (params) return { key: path, title: route.title, params, load: route.load as () => Loaded };
  }
  return { key: path, title: "missing.title", params: {}, load: (() => import("./screens/Missing.svelte")) as () => Loaded };
}
