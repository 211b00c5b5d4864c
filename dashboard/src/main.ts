/** Starts the dashboard: language, session, router, then the first screen. */
import "./early";
import { mount } from "svelte";
import App from "./App.svelte";
import { get, whenSignedOut } from "./lib/api/client";
import { language, speak, type Lang } from "./lib/i18n/index.svelte";
import { browserLanguage, storedLanguage } from "./lib/i18n/chosen";
import { path, startRouter } from "./lib/router.svelte";
import { link } from "./lib/store/link.svelte";
import { wasSignedIn } from "./lib/store/remembered";
import { session } from "./lib/store/session.svelte";
import { bringHome, screenFor } from "./routes";
import Today from "./screens/Today.svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/print.css";

const RELOADED = "medialab.reloaded";
const RELOAD_PAUSE_MS = 60_000;
/** What comes within that time is drawn with the frame around it, at once; if it takes longer, the frame comes first. */
const FRAME_AFTER_MS = 150;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * After an update of the hub an open tab asks for files that are gone: load the new version, but never in a circle.
 * A hub that does not answer keeps the page as it is; the browser would only show its own error.
 */
async function reloadAfterUpdate(): Promise<void> {
  await get("/healthz");
  const last = Number(sessionStorage.getItem(RELOADED) ?? 0);
  if (Date.now() - last < RELOAD_PAUSE_MS) return;
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}

/** Who is signed in; where somebody was before, everything else is loaded at once. */
async function meet(): Promise<void> {
  try {
    if (wasSignedIn()) return session.take(await link.greet());
  } catch {
    // Signed out meanwhile, or not allowed to see the lab.
  }
  await session.load().catch(() => {});
}

async function start(): Promise<void> {
  bringHome(Today);
  window.addEventListener("vite:preloadError", () => void reloadAfterUpdate().catch(() => undefined));
  whenSignedOut(() => session.end());
  const here = storedLanguage() ?? browserLanguage();
  await Promise.all([meet(), speak(here ?? "de")]);
  // What a person chose follows them to every browser; where nobody chose and the browser speaks neither, the lab's.
  const wanted = session.view?.chosen_language || here || session.view?.language;
  if (wanted && wanted !== language()) await speak(wanted as Lang);
  const screen = screenFor(path());
  const isIn = session.view?.authenticated;
  const needed = Promise.all([isIn && !screen.early && link.load(), screen.load()]).catch(() => {});
  await Promise.race([needed, pause(FRAME_AFTER_MS)]);
  startRouter();
  mount(App, { target: document.getElementById("app") as HTMLElement });
}

void start();
