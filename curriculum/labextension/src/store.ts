/** A page that said nothing for so long is gone, and what it kept is taken over. Milliseconds. */
const GONE = 120_000;

interface Kept {
  alive: number;
  seconds: Record<string, number>;
}

/**
 * Seconds that the server does not have yet, in the browser's storage: each page keeps its own, so that none is sent twice.
 * They are somebody's: until it is known whose, and where there is no storage, they are kept in the page alone.
 */
export class Store {
  /** What the names of all pages of one learner begin with. */
  private prefix = '';
  private readonly kept = new Map<string, number>();
  /** Whether the storage has what this page keeps. */
  private stored = false;

  constructor(
    private readonly storage: Storage | null,
    private readonly page: string
  ) {}

  /** Whether it is known whose seconds these are. */
  get owned(): boolean {
    return this.prefix !== '';
  }

  /** From now on it is known, and what earlier pages of the same `owner` left is taken over. */
  own(owner: string): void {
    this.prefix = `stateless-mind:seconds:${owner}:`;
    this.beat();
  }

  seconds(day: string): number {
    return this.kept.get(day) ?? 0;
  }

  all(): [string, number][] {
    return [...this.kept].filter(([, seconds]) => seconds > 0);
  }

  add(day: string, seconds: number): void {
    this.forget();
    this.kept.set(day, Math.max(0, this.seconds(day) + seconds));
    this.write();
  }

  /** To be called every half minute: says that this page is alive, and takes over what pages left that are not. */
  beat(): void {
    this.forget();
    this.write();
    this.adopt();
  }

  private get mine(): string {
    return this.prefix + this.page;
  }

  /** This page slept for long, and another one has taken over what it kept. */
  private forget(): void {
    if (this.stored && this.storage?.getItem(this.mine) === null) {
      this.kept.clear();
      this.stored = false;
    }
  }

  private adopt(): void {
    const { storage } = this;
    if (!storage || !this.owned) {
      return;
    }
    const names = Array.from({ length: storage.length }, (_, index) => storage.key(index));
    for (const name of names) {
      if (!name?.startsWith(this.prefix) || name === this.mine) {
        continue;
      }
      const left = read(storage.getItem(name));
      if (!left || Date.now() - left.alive > GONE) {
        storage.removeItem(name);
        Object.entries(left?.seconds ?? {}).forEach(([day, seconds]) => this.add(day, seconds));
      }
    }
  }

  private write(): void {
    if (!this.storage || !this.owned) {
      return;
    }
    const seconds = Object.fromEntries(this.all());
    try {
      if (Object.keys(seconds).length) {
        this.storage.setItem(this.mine, JSON.stringify({ alive: Date.now(), seconds } satisfies Kept));
        this.stored = true;
      } else {
        this.storage.removeItem(this.mine);
        this.stored = false;
      }
    } catch {
      // Storage is full: what is counted still goes to the server, it only does not outlive this page.
    }
  }
}

/** The browser's storage; null where it lets no page keep anything, as with cookies blocked. */
export function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

function read(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? '') as Kept;
    return typeof kept.alive === 'number' && typeof kept.seconds === 'object' ? kept : null;
  } catch {
    return null;
  }
}
