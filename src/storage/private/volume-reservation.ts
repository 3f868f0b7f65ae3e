import type { IConstruct } from 'constructs';
import type { ClaimSpec } from './claim-spec';
import type { IPersistentVolume } from '../i-persistent-volume';
import type { IPersistentVolumeClaim } from '../i-persistent-volume-claim';

/** A claim of the app that names its volume. */
export type ReservingClaim = IPersistentVolumeClaim & IConstruct;

/** A volume of the app, which is told of the claim that names it, and throws if that cannot have it. */
interface ReservableVolume extends IPersistentVolume {
  _reserveFor(claim: ReservingClaim, spec: ClaimSpec): void;
}

/** Reserves a volume of the app for the claim; one that exists in the cluster only is left alone. */
export function reserveFor(claim: ReservingClaim, spec: ClaimSpec, volume: IPersistentVolume): void {
  if (isReservable(volume)) volume._reserveFor(claim, spec);
}

function isReservable(volume: IPersistentVolume): volume is ReservableVolume {
  return '_reserveFor' in volume;
}
