/** Starts the dashboard: language, session, router, then the first screen. */
import "./early";
import { mount } from "svelte";
import App from "./App.svelte";
import { get, whenSignedOut } from "./lib/api/client";
import { speak } from "./lib/i18n/index.svelte";
import { storedLanguage } from "./lib/i18n/chosen";
import { startRouter } from "./lib/router.svelte";
import { link } from "./lib/store/link.svelte";
import { session } from "./lib/store/session.svelte";
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

async function start(): Promise<void> {
  window.addEventListener("vite:preloadError", () => void reloadAfterUpdate().catch(() => undefined));
  whenSignedOut(() => session.end());
  const stored = storedLanguage();
  await Promise.all([session.load().catch(() => {}), speak(stored ?? "de")]);
  if (!stored && session.view?.language === "en") await speak("en");
  if (session.view?.authenticated) await Promise.race([link.load().catch(() => {}), pause(FRAME_AFTER_MS)]);
  startRouter();
  mount(App, { target: document.getElementById("app") as HTMLElement });
}

void start();
