import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { t } from '../../protocol/language';
import { UserError } from '../userError';

/** Where machines meet, seen from this one. */
export interface MeetingPlace {
  /** Whether the address is this machine's own: it then has the run folder and tells of the run. */
  readonly leads: boolean;
  /** This machine's address towards the others, and the network interface that has it; undefined for a loopback. */
  readonly address: string | undefined;
  readonly networkInterface: string | undefined;
}

/** Where the processes of one machine meet: they need no network. */
export function onThisMachine(): MeetingPlace {
  const loopback = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some(({ internal }) => internal),
  );
  return { leads: true, address: undefined, networkInterface: loopback?.[0] };
}

/** Looks where `host:port` is, by the way a packet would take to it; none is sent. */
export async function findMeetingPlace(rendezvous: string): Promise<MeetingPlace> {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(rendezvous)!;
  const there = await lookup(host!).catch(() => undefined);
  if (!there) {
    throw new UserError(
      t(
        'distributed.rendezvous: there is no machine {0} that this one knows; name the one that leads, by its name or address.',
        host!,
      ),
    );
  }
  const here = await ownAddress(there.address, there.family, Number(port)).catch(() => undefined);
  if (here === undefined) {
    throw new UserError(
      t('distributed.rendezvous: this machine has no way to {0} ({1}).', host!, there.address),
    );
  }
  if (isLoopback(there.address)) return { leads: true, address: undefined, networkInterface: undefined };
  const networkInterface = Object.entries(networkInterfaces()).find(([, addresses]) =>
    addresses?.some(({ address }) => address === here),
  )?.[0];
  return { leads: here === there.address, address: here, networkInterface };
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The address that this machine would send from. */
async function ownAddress(address: string, family: number, port: number): Promise<string> {
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.connect(port, address, resolve);
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}
