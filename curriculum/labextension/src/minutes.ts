import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { Api, ApiError } from './api';
import { Store } from './store';

/** Without key, pointer or scrolling for so long, nobody is at work. Milliseconds. */
export const IDLE_LIMIT = 60_000;
/** How often counted seconds go to the server, at most. Milliseconds. */
export const SEND_EVERY = 30_000;
/** Two ticks further apart than this were a computer asleep. Milliseconds. */
const LONGEST_TICK = 5_000;
/** The most that the server takes at once. */
const MOST_SECONDS = 3600;
const INPUT = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchmove'];

/**
 * Counts the time in which a lesson is in front of somebody who works on it: it is the current tab, the window is
 * visible and has the focus, and there was a key, a pointer or scrolling within the last minute.
 *
 * What is counted is kept in the browser until the server has it.
 */
export class ActiveMinutes implements IDisposable {
  private readonly _changed = new Signal<this, void>(this);
  private readonly _sent = new Signal<this, { day: string; seconds: number }>(this);
  private readonly _refused = new Signal<this, void>(this);
  private readonly timer: number;
  private lastInput = -Infinity;
  private lastTick = performance.now();
  private lastSent = performance.now();
  private sending = false;
  /** What is on its way to the server. */
  private underway: { day: string; seconds: number } | null = null;
  /** Whether the server took the last amount. */
  private answers = true;
  private asking = false;
  private part = 0;

  /** `current` says which day is in front, if its minutes are to be counted; `owner` whose they are. */
  constructor(
    private readonly api: Api,
    private readonly store: Store,
    private readonly current: () => string | null,
    private readonly owner: () => Promise<string>
  ) {
    INPUT.forEach(name => document.addEventListener(name, this.input, { capture: true, passive: true }));
    document.addEventListener('visibilitychange', this.hidden);
    window.addEventListener('pagehide', this.closed);
    this.timer = window.setInterval(() => this.tick(), 1000);
  }

  /** The shown time has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The server has what was counted: the seconds of a day, in all. */
  get sent(): ISignal<this, { day: string; seconds: number }> {
    return this._sent;
  }

  /** The server takes no minutes: counting was switched off elsewhere. */
  get refused(): ISignal<this, void> {
    return this._refused;
  }

  isDisposed = false;

  dispose(): void {
    this.isDisposed = true;
    INPUT.forEach(name => document.removeEventListener(name, this.input, { capture: true }));
    document.removeEventListener('visibilitychange', this.hidden);
    window.removeEventListener('pagehide', this.closed);
    window.clearInterval(this.timer);
    Signal.clearData(this);
  }

  /** Seconds of a day that the server does not have yet. */
  unsent(day: string): number {
    return this.store.seconds(day);
  }

  /** Sends what is kept. What does not arrive stays. */
  async send(): Promise<void> {
    if (this.sending) {
      return;
    }
    this.sending = true;
    this.lastSent = performance.now();
    try {
      for (const [day] of this.store.all()) {
        const seconds = Math.min(this.store.seconds(day), MOST_SECONDS);
        if (seconds) {
          await this.sendOne({ day, seconds }); // else it went while the one before was waited for: the page was closed
        }
      }
    } finally {
      this.sending = false;
    }
  }

  private async sendOne(amount: { day: string; seconds: number }): Promise<void> {
    this.underway = amount;
    try {
      const total = await this.api.addSeconds(amount.day, amount.seconds);
      this.answers = true;
      this.settle(amount);
      this._sent.emit({ day: amount.day, seconds: total });
    } catch (error) {
      this.answers = false;
      // A server that says no will say no again; one that says nothing gets the same later.
      const refused = error instanceof ApiError && error.status >= 400 && error.status < 500 && ![401, 403].includes(error.status);
      if (refused) {
        this.settle(amount);
        this._refused.emit();
      }
    } finally {
      this.underway = null;
    }
  }

  /** An amount that went to the server is no longer kept; once, for a page that is closed does it beforehand. */
  private settle(amount: { day: string; seconds: number }): void {
    if (this.underway === amount) {
      this.store.add(amount.day, -amount.seconds);
      this.underway = null;
    }
  }

  /** Asks whose seconds these are, so that they can outlive the page; without an answer again half a minute later. */
  private async own(): Promise<void> {
    if (!this.asking && !this.store.owned) {
      this.asking = true;
      try {
        this.store.own(await this.owner());
        this._changed.emit();
      } catch {
        // The server does not answer. What is counted stays in this page, and is asked for again.
      }
    }
  }

  private tick(): void {
    const now = performance.now();
    const passed = now - this.lastTick;
    this.lastTick = now;
    const day = this.current();
    const working = document.visibilityState === 'visible' && document.hasFocus() && now - this.lastInput <= IDLE_LIMIT;
    if (day !== null && working && passed <= LONGEST_TICK) {
      this.part += passed / 1000;
      const whole = Math.floor(this.part);
      if (whole) {
        this.part -= whole;
        this.store.add(day, whole);
        void this.own();
        if (this.store.seconds(day) % 10 < whole) {
          this._changed.emit();
        }
      }
    }
    if (now - this.lastSent >= SEND_EVERY) {
      this.asking = false;
      void this.own(); // also where nothing is counted: pages of before may have left something
      this.store.beat();
      void this.send();
    }
  }

  private readonly input = (): void => {
    this.lastInput = performance.now();
  };

  private readonly hidden = (): void => {
    if (document.visibilityState === 'hidden') {
      void this.send();
    }
  };

  /**
   * Nobody hears the answer to a page that closes. Where the server answered until now, what is sent counts as arrived;
   * where it did not, it is kept for the next time. So no minute is counted twice, and a dead server loses none.
   */
  private readonly closed = (): void => {
    if (!this.answers) {
      return;
    }
    if (this.underway) {
      this.settle(this.underway);
    }
    for (const [day, kept] of this.store.all()) {
      const seconds = Math.min(kept, MOST_SECONDS);
      void this.api.addSeconds(day, seconds).catch(() => undefined);
      this.store.add(day, -seconds);
    }
  };
}
