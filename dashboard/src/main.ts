/** Starts the dashboard: language, session, router, then the first screen. */
import { mount } from "svelte";
import App from "./App.svelte";
import { whenSignedOut } from "./lib/api/client";
import { speak, storedLanguage, type Lang } from "./lib/i18n/index.svelte";
import { startRouter } from "./lib/router.svelte";
import { session } from "./lib/store/session.svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/print.css";

async function start(): Promise<void> {
  whenSignedOut(() => session.end());
  const stored = storedLanguage();
  const asked = session.load().catch(() => undefined);
  if (stored) await Promise.all([speak(stored), asked]);
  else {
    await asked;
    await speak((session.view?.language as Lang | undefined) ?? "de");
  }
  startRouter();
  mount(App, { target: document.getElementById("app") as HTMLElement });
}

void start();
