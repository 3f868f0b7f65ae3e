import type { IConstruct } from 'constructs';
import type { ClaimSpec } from './claim-spec';
import type { IPersistentVolume } from '../i-persistent-volume';
import type { IPersistentVolumeClaim } from '../i-persistent-volume-claim';

/** A claim of the app that refers to its volume. */
export type ReservingClaim = IPersistentVolumeClaim & IConstruct;

/** A volume of the app, which can be reserved for a claim. */
interface ReservableVolume extends IPersistentVolume {
  _reserveFor(claim: ReservingClaim, spec: ClaimSpec): void;
}

/** Reserves the volume for the claim if the app defines it; an existing volume in the cluster is left unchanged. */
export function reserveFor(claim: ReservingClaim, spec: ClaimSpec, volume: IPersistentVolume): void {
  if (isReservable(volume)) volume._reserveFor(claim, spec);
}

function isReservable(volume: IPersistentVolume): volume is ReservableVolume {
  return '_reserveFor' in volume;
}
