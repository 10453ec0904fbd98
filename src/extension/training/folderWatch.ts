import { statSync, watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

const LOOK_AGAIN_AFTER_MS = 3_000;

/**
 * Calls `onChange` when something in a folder is made, removed or replaced. The folder need not be there yet: then its
 * nearest parent is watched until it is. Where the system cannot watch, it is looked at every few seconds.
 */
export class FolderWatch {
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private watched: Place | undefined;
  private disposed = false;

  constructor(
    private readonly folder: string,
    private readonly onChange: () => void,
  ) {
    this.watch();
  }

  dispose(): void {
    this.disposed = true;
    this.close();
  }

  private watch(): void {
    this.close();
    if (this.disposed) return;
    this.watched = nearest(this.folder);
    try {
      this.watcher = watch(this.watched.path, { persistent: false }, () => this.changed());
      this.watcher.on('error', () => this.poll());
      // It may have come between the two.
      if (!isSame(nearest(this.folder), this.watched)) this.changed();
    } catch {
      this.poll();
    }
  }

  private changed(): void {
    if (this.disposed) return;
    const before = this.watched;
    const now = nearest(this.folder);
    // A folder that was removed and made again is another one to the system.
    if (!isSame(before, now)) this.watch();
    if ([before?.path, now.path].includes(this.folder)) this.onChange();
  }

  private poll(): void {
    this.close();
    if (this.disposed) return;
    this.timer = setTimeout(() => {
      this.onChange();
      this.watch();
    }, LOOK_AGAIN_AFTER_MS).unref();
  }

  private close(): void {
    this.watcher?.close();
    this.watcher = undefined;
    clearTimeout(this.timer);
  }
}

interface Place {
  readonly path: string;
  readonly inode: bigint;
}

/** The folder, or the nearest above it that is there. */
function nearest(folder: string): Place {
  for (let path = folder; ; path = dirname(path)) {
    const inode = statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
    if (inode !== undefined || dirname(path) === path) return { path, inode: inode ?? 0n };
  }
}

function isSame(one: Place | undefined, other: Place): boolean {
  return one?.path === other.path && one.inode === other.inode;
}
