/** Which path shows which screen; each screen is a chunk of its own. */
import type { Component } from "svelte";
import type { Key } from "./lib/i18n/index.svelte";
import { match } from "./lib/match";

type View = Component<Record<string, string>>;

interface Route {
  pattern: string;
  title: Key;
  /** True when it has something to show before the devices are there. */
  early?: true;
  load: () => Promise<unknown>;
  loaded?: View;
}

// Most visits begin at home: its screen comes with the program.
const HOME: Route = { pattern: "/", title: "nav.today", early: true, load: () => Promise.resolve({ default: HOME.loaded }) };

/** The program is there and brings the screen of "/". */
export const bringHome = (view: Component): void => void (HOME.loaded = view as View);

const ROUTES: Route[] = [
  HOME,
  { pattern: "/devices", title: "nav.devices", load: () => import("./screens/Devices.svelte") },
  { pattern: "/devices/:id", title: "nav.devices", load: () => import("./screens/Device.svelte") },
  { pattern: "/supplies", title: "nav.more", load: () => import("./screens/Supplies.svelte") },
  { pattern: "/lending", title: "nav.lending", load: () => import("./screens/Lending.svelte") },
  { pattern: "/found", title: "found.title", load: () => import("./screens/Found.svelte") },
  { pattern: "/find/:tag", title: "nav.devices", load: () => import("./screens/Find.svelte") },
  { pattern: "/jobs", title: "nav.jobs", load: () => import("./screens/Jobs.svelte") },
  { pattern: "/jobs/:id", title: "nav.jobs", load: () => import("./screens/Job.svelte") },
  { pattern: "/more", title: "nav.more", load: () => import("./screens/More.svelte") },
  { pattern: "/login", title: "login.title", load: () => import("./screens/Login.svelte") },
  { pattern: "/setup", title: "setup.title", load: () => import("./screens/Setup.svelte") },
];

/** A screen with its parameters. */
export interface Screen {
  key: string;
  title: Key;
  params: Record<string, string>;
  early: boolean;
  /** What draws it, once it is there. */
  loaded?: View;
  load: () => Promise<View>;
}

// Screens that are seldom opened have a list of their own (late-routes.ts), which comes when one of them is wanted.
const MISSING: Route = { pattern: "", title: "missing.title", load: () => import("./screens/Late.svelte") };

async function fetched(route: Route): Promise<View> {
  const module = (await route.load()) as { default: View };
  // The start page may be asked for before the program has brought it, and be brought before this goes on.
  return (route.loaded = module.default ?? route.loaded);
}

/** The screen for that path; of all others another list knows, and says so when there is none. */
export function screenFor(path: string): Screen {
  for (const route of ROUTES) {
    const params = match(route.pattern, path);
    if (params) return screenOf(route, path, params);
  }
  return screenOf(MISSING, path, {});
}

const screenOf = (route: Route, key: string, params: Record<string, string>): Screen =>
  ({ key, title: route.title, params, early: route.early ?? false, loaded: route.loaded, load: () => fetched(route) });
